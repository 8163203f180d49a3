"""What stands on the first page: one sentence, and the shelves below it.

The shop window is the same for everyone, so that its lists hold what is out and nothing else;
drafts show on their own pages, to those who may see them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Subquery,
    Value,
    When,
)
from django.db.models import prefetch_related_objects as prefetch
from django.db.models.functions import MD5, Cast, Concat
from django.utils.timezone import localdate

from sites.accounts.models import User
from sites.books.latest_chapters import newest_of_each_book
from sites.books.models import Book, Chapter, Genre
from sites.books.models.book import BookQuerySet, cover_names
from sites.books.models.visibility import is_out
from sites.books.reading import Place, continuing

#: Books on one shelf: what stands side by side at 1280 px.
SHELF_LENGTH = 7
#: The first sentence comes from the newest so many books: enough for two months without repeats.
FEATURED_AMONG = 60
#: Rows of "just published", each from another book.
JUST_PUBLISHED_LENGTH = 5
#: Genres on the first page; the house has a few dozen.
GENRES_LIMIT = 60


@dataclass(frozen=True)
class HomePage:
    """Everything that the first page shows; ``now`` is the moment it was true."""

    now: datetime
    featured: Book | None = None
    continuing: list[Place] = field(default_factory=list)
    new: list[Book] = field(default_factory=list)
    serials: list[Book] = field(default_factory=list)
    just_published: list[Chapter] = field(default_factory=list)
    genres: list[Genre] = field(default_factory=list)


def home_page(user: User | AnonymousUser, now: datetime, *, language: str = "") -> HomePage:
    """Read the first page in six queries, and three more for a person's own shelf.

    ``language`` is the interface's: the first sentence is in it, where there is one.
    """
    page = HomePage(
        now=now,
        featured=featured(localdate(now), now, language=language),
        continuing=continuing(user, limit=SHELF_LENGTH, now=now),
        new=list(_cards(now)[:SHELF_LENGTH]),
        serials=list(_cards(now).filter(is_complete=False)[:SHELF_LENGTH]),
        just_published=just_published(now),
        genres=genres(now),
    )
    with_names(
        [
            *([page.featured] if page.featured else []),
            *(place.book for place in page.continuing),
            *page.new,
            *page.serials,
            *(chapter.book for chapter in page.just_published),
        ]
    )
    return page


def featured(day: date, now: datetime, *, language: str = "") -> Book | None:
    """Give the book whose first line opens the house on this day, the same at every visit.

    A book in ``language`` goes before all others.

    Has ``first_number``, the number of its first chapter that is out.
    """
    out = Chapter.objects.filter(is_out(now), book=OuterRef("pk"))
    newest = (
        Book.objects.published(now)
        .exclude(opening_line="")
        .filter(Exists(out))
        .newest_first()
        .values("pk")[:FEATURED_AMONG]
    )
    lot = MD5(Concat(Cast("pk", CharField()), Value(day.isoformat())))
    return (
        Book.objects.filter(pk__in=newest)
        .annotate(first_number=Subquery(out.in_order().values("number")[:1]))
        .order_by(Case(When(language=language, then=0), default=1), lot)
        .first()
    )


def just_published(now: datetime) -> list[Chapter]:
    """Give the newest chapters of running serials, one for each serial."""
    return list(newest_of_each_book(now, limit=JUST_PUBLISHED_LENGTH, only_running=True))


def genres(now: datetime) -> list[Genre]:
    """Give the genres that have books, the fullest first, with ``book_count``."""
    return list(
        Genre.objects.annotate(book_count=Count("books", filter=is_out(now, "books__")))
        .filter(book_count__gt=0)
        .order_by("-book_count", "slug")[:GENRES_LIMIT]
    )


def with_names(books: Iterable[Book]) -> None:
    """Fetch the names on all these covers in one query."""
    prefetch(list(books), cover_names())


def _cards(now: datetime) -> BookQuerySet:
    return Book.objects.published(now).newest_first().with_length(now).defer("synopsis")
