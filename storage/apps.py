from django.apps import AppConfig


class StorageConfig(AppConfig):
    """Uploads on their way, and what is known of stored pictures."""

    name = "storage"
    verbose_name = "Files"
    default_auto_field = "django.db.models.BigAutoField"
