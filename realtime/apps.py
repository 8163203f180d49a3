from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    """Tables for what does not fit into a NOTIFY."""

    name = "realtime"
    verbose_name = "Realtime"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from realtime.checks import register

        register()
