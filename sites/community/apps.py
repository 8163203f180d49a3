from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CommunityConfig(AppConfig):
    name = "sites.community"
    label = "community"

    def ready(self) -> None:
        from realtime.rooms import register_later
        from sites.community import chapter_notices, cover_notices, own_data, submission_notices
        from sites.community.first_pages import write_first_pages

        submission_notices.listen()
        own_data.connect()
        cover_notices.listen()
        chapter_notices.listen()
        register_later("sites.community.rooms")
        register_later("sites.community.house_room")
        register_later("sites.community.chapter_room")
        register_later("sites.community.moderation_room")
        post_migrate.connect(write_first_pages, sender=self)
