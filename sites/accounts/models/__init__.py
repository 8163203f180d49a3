from sites.accounts.models.user import Face, Language, Measure, Person, Theme, User

__all__ = ["Face", "Language", "Measure", "Person", "Theme", "User"]
