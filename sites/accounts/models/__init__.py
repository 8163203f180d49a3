from sites.accounts.models.user import Face, Language, Measure, Theme, User

__all__ = ["Face", "Language", "Measure", "Theme", "User"]
