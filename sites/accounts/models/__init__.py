from sites.accounts.models.attempts import AttemptCount
from sites.accounts.models.audit import AuditEntry
from sites.accounts.models.session import Session
from sites.accounts.models.user import Face, Language, Measure, Person, Theme, User

__all__ = [
    "AttemptCount",
    "AuditEntry",
    "Face",
    "Language",
    "Measure",
    "Person",
    "Session",
    "Theme",
    "User",
]
