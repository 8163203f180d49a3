from django.apps import AppConfig


class InternalConfig(AppConfig):
    name = "sites.internal"
    label = "internal"
