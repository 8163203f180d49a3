from django.apps import AppConfig


class ChapterConfig(AppConfig):
    name = "sites.chapter"
    label = "chapter"
