from django.apps import AppConfig


class AuthHostConfig(AppConfig):
    """The host for signing in; its label keeps it apart from django.contrib.auth."""

    name = "sites.auth"
    label = "auth_host"

    def ready(self) -> None:
        from sites.auth import second_factor

        second_factor.connect()
