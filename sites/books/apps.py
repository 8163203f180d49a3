from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BooksConfig(AppConfig):
    name = "sites.books"
    label = "books"
    verbose_name = _("Books")

    def ready(self) -> None:
        from realtime.rooms import register_later
        from sites.books import own_data
        from storage import purposes
        from storage.in_use import used_later

        own_data.connect()
        used_later("sites.books.used_files")
        register_later("sites.books.rooms")
        register_later("sites.books.writing_rooms")
        register_later("sites.books.numbers_room")
        purposes.register_later("sites.books.upload_purposes")
