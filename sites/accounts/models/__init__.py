from sites.accounts.models.audit import AuditEntry
from sites.accounts.models.user import Face, Language, Measure, Person, Theme, User

__all__ = ["AuditEntry", "Face", "Language", "Measure", "Person", "Theme", "User"]
