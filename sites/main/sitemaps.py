"""Main's part of the map for search engines (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.sitemaps import Sitemap
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from sites.books.models import Author, Authorship, Book, Genre
from sites.books.models.visibility import is_out
from sites.community.first_pages import HOUSE_PAGES
from sites.hosts import HOSTS
from sites.sitemaps import OF_A_FILE, Dated

if TYPE_CHECKING:
    Names = Sitemap[str]
    Books = Sitemap[Book]
    Authors = Sitemap[Author]
    Genres = Sitemap[Genre]
else:
    Names = Books = Authors = Genres = Sitemap


class FixedPages(Names):
    """The pages that every house has."""

    def items(self) -> list[str]:
        return ["home", "books", "authors", *HOUSE_PAGES]

    def location(self, item: str) -> str:
        return _path(item)


class PublishedBooks(Dated, Books):
    limit = OF_A_FILE
    changed = "written_at"

    def items(self) -> QuerySet[Book]:
        return Book.objects.published(timezone.now()).order_by("pk").only("slug", "written_at")

    def location(self, item: Book) -> str:
        return _path("book", item.slug)


class PublishedAuthors(Authors):
    limit = OF_A_FILE

    def items(self) -> QuerySet[Author]:
        out = Authorship.objects.filter(is_out(timezone.now(), "book__"), author=OuterRef("pk"))
        return Author.objects.filter(Exists(out)).order_by("pk").only("slug")

    def location(self, item: Author) -> str:
        return _path("author", item.slug)


class FilledGenres(Genres):
    limit = OF_A_FILE

    def items(self) -> QuerySet[Genre]:
        out = Book.objects.published(timezone.now()).filter(genres=OuterRef("pk"))
        return Genre.objects.filter(Exists(out)).order_by("pk")

    def location(self, item: Genre) -> str:
        return _path("genre", item.slug)


SITEMAPS = {
    "pages": FixedPages,
    "books": PublishedBooks,
    "authors": PublishedAuthors,
    "genres": FilledGenres,
}


def _path(view: str, *args: str) -> str:
    return reverse(view, urlconf=HOSTS["main"].urlconf, args=args or None)
