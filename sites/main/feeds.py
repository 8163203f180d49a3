"""What is new, for feed readers (Atom, RFC 4287)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from sites.books.linked_data import describe
from sites.books.models import Author, Book, Chapter
from sites.links import host_url
from sites.main.authors import author_with_books

if TYPE_CHECKING:
    BooksFeed = Feed[Book, Author | None]
    ChaptersFeed = Feed[Chapter, Book]
else:
    BooksFeed = ChaptersFeed = Feed

#: Entries of a feed: readers ask every hour or day, and no serial is faster than this.
ENTRIES = 30


class NewBooks(BooksFeed):
    """The newest books of the house."""

    feed_type = Atom1Feed

    def title(self, obj: Author | None) -> str:
        return _("Esensi: new books")

    def subtitle(self, obj: Author | None) -> str:
        return _("What is new on the shelves of Esensi.")

    def link(self, obj: Author | None) -> str:
        return host_url("main", "home")

    def feed_url(self, obj: Author | None) -> str:
        return host_url("main", "feed")

    def items(self, obj: Author | None) -> list[Book]:
        return list(
            Book.objects.published(timezone.now()).newest_first().for_cards().defer(None)[:ENTRIES]
        )

    def item_title(self, item: Any) -> str:
        return str(item.title)

    def item_description(self, item: Any) -> str:
        return describe(item)

    def item_link(self, item: Book) -> str:
        return host_url("main", "book", item.slug)

    def item_author_name(self, item: Book) -> str:
        return item.author_names

    def item_pubdate(self, item: Book) -> datetime:
        at: datetime = item.published_on
        return at

    def item_updateddate(self, item: Book) -> datetime:
        at: datetime = max(item.published_on, item.updated_at)
        return at


class BooksOfAuthor(NewBooks):
    """One author's books, the newest first."""

    def get_object(self, request: HttpRequest, slug: str) -> Author:
        return author_with_books(slug, AnonymousUser(), timezone.now())[0]

    def title(self, obj: Author | None) -> str:
        return f"{obj} · Esensi"

    def subtitle(self, obj: Author | None) -> str:
        return _("The books of %(name)s at Esensi.") % {"name": obj}

    def link(self, obj: Author | None) -> str:
        return host_url("main", "author", obj.slug if obj else "")

    def feed_url(self, obj: Author | None) -> str:
        return host_url("main", "author_feed", obj.slug if obj else "")

    def items(self, obj: Author | None) -> list[Book]:
        books = Book.objects.published(timezone.now()).filter(authorships__author=obj).distinct()
        return list(books.newest_first().for_cards().defer(None)[:ENTRIES])


class ChaptersOfBook(ChaptersFeed):
    """One book's chapters as they come out, the newest first."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, slug: str) -> Book:
        book = (
            Book.objects.published(timezone.now()).for_cards().defer(None).filter(slug=slug).first()
        )
        if book is None:
            raise Http404
        return book

    def title(self, obj: Book) -> str:
        return f"{obj.title} · Esensi"

    def subtitle(self, obj: Book) -> str:
        return describe(obj)

    def link(self, obj: Book) -> str:
        return host_url("main", "book", obj.slug)

    def feed_url(self, obj: Book) -> str:
        return host_url("main", "book_feed", obj.slug)

    def author_name(self, obj: Book) -> str:
        return obj.author_names

    def items(self, obj: Book) -> list[Chapter]:
        chapters = Chapter.objects.published(timezone.now()).filter(book=obj).without_text()
        return list(chapters.newest_first().select_related("book")[:ENTRIES])

    def item_title(self, item: Any) -> str:
        return str(item.title)

    def item_description(self, item: Any) -> str:
        return _("Chapter %(number)d of “%(title)s”, %(minutes)d min.") % {
            "number": item.number,
            "title": item.book.title,
            "minutes": item.minutes,
        }

    def item_link(self, item: Chapter) -> str:
        return host_url("chapter", "read", item.book.slug, item.number)

    def item_pubdate(self, item: Chapter) -> datetime:
        at: datetime = item.published_on
        return at

    def item_updateddate(self, item: Chapter) -> datetime:
        at: datetime = max(item.published_on, item.updated_at)
        return at
