"""The lists that books are filed by: authors, genres, tags."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from sites.books.actions.catalogue import delete_for_good, save_entry
from sites.books.models import Author, Book, Genre, Tag
from sites.desk.admin import DeskAdmin, person_of

BOOKS_NAMED = 20  # enough to see why an author cannot be deleted


class EntryDesk(DeskAdmin):
    """Base of the three; saves and deletes are actions."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_entry(obj, by=person_of(request), now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_for_good(obj, by=person_of(request), now=timezone.now())


class AuthorDesk(EntryDesk):
    """A name on covers."""

    list_display = ["name", "slug"]
    search_fields = ("name",)
    ordering = ("name", "pk")
    fields = ["name", "slug", "bio"]
    prepopulated_fields = {"slug": ("name",)}

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # An address that is in use must not follow the name by itself.
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def stands_in_the_way(self, row: Author) -> list[str]:
        return [str(book) for book in Book.objects.filter(authors=row)[:BOOKS_NAMED]]


class FiledBy(EntryDesk):
    """Genres and tags: everybody at a desk may choose from them, some may change them."""

    ordering = ("slug",)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return super().has_module_permission(request) and super().has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def goes_along(self, row: Genre | Tag) -> list[tuple[Any, int]]:
        # The books stay, without this label.
        return []


class GenreDesk(FiledBy):
    list_display = ("name_en", "name_id", "slug")
    search_fields = ("name_en", "name_id")
    prepopulated_fields = {"slug": ("name_en",)}


class TagDesk(FiledBy):
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}
