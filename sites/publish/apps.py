from django.apps import AppConfig


class PublishConfig(AppConfig):
    name = "sites.publish"
    label = "publish"
