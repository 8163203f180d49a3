from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BooksConfig(AppConfig):
    name = "sites.books"
    label = "books"
    verbose_name = _("Books")

    def ready(self) -> None:
        from realtime.rooms import register_later
        from sites.books import own_data

        own_data.connect()
        register_later("sites.books.rooms")
