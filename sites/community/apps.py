from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "sites.community"
    label = "community"

    def ready(self) -> None:
        from sites.community import submission_notices

        submission_notices.listen()
