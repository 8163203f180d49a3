from django.apps import AppConfig


class MainConfig(AppConfig):
    name = "sites.main"
    label = "main"
