from django.apps import AppConfig


class InternalConfig(AppConfig):
    name = "sites.internal"
    label = "internal"

    def ready(self) -> None:
        from realtime.rooms import register_later
        from sites.internal import arrivals

        arrivals.listen()
        register_later("sites.internal.rooms")
