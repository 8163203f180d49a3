"""One book's page: its chapters with the reader's marks, and what stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from django.http import Http404

from sites.accounts.models import User
from sites.books.models import Authorship, Book, Chapter
from sites.books.reading import CONTENTS_LIMIT, Place, place_in
from sites.books.shelves import Kept, kept_by
from sites.books.text.words import reading_minutes
from sites.community.reviews import ON_BOOKS_PAGE, Reviews, reviews_of
from sites.main.shelves import SHELF_LENGTH, with_names


@dataclass(frozen=True)
class Row:
    """One line of the contents; ``out`` is false for a chapter that only its authors and editors see
    so far."""

    chapter: Chapter
    minutes: int
    out: bool


@dataclass(frozen=True)
class BookPage:
    """``is_cut`` says that the contents go on elsewhere; ``is_out`` is false for a book that readers do
    not see yet."""

    book: Book
    rows: list[Row]
    is_cut: bool
    place: Place | None
    others: list[Book]
    minutes: int
    is_out: bool
    kept: Kept
    reviews: Reviews

    @property
    def first_number(self) -> int | None:
        """The chapter that reading begins with; nothing is out yet if there is none."""
        return self.rows[0].chapter.number if self.rows else None

    @property
    def last_number(self) -> int:
        """The last chapter that this person may read; 0 where the list is cut, or empty."""
        return self.rows[-1].chapter.number if self.rows and not self.is_cut else 0


def book_page(slug: str, user: User | AnonymousUser, now: datetime) -> BookPage:
    """Read a book's page; raises ``Http404`` for a book that is missing, or hidden from this person."""
    try:
        book = (
            Book.objects.visible_to(user, now)
            .with_length(now)
            .prefetch_related("genres")
            .get(slug=slug)
        )
    except Book.DoesNotExist:
        raise Http404 from None
    chapters = list(
        Chapter.objects.readable_by(user, now)
        .filter(book=book)
        .in_order()
        .without_text()[: CONTENTS_LIMIT + 1]
    )
    place = place_in(user, book, now)
    words: int = book.word_count  # type: ignore[attr-defined]  # added by with_length
    is_cut = len(chapters) > CONTENTS_LIMIT
    others = _others(book, now)
    with_names([book, *others])
    return BookPage(
        book=book,
        rows=[
            Row(chapter, chapter.minutes, chapter.is_out(now))
            for chapter in chapters[:CONTENTS_LIMIT]
        ],
        place=place,
        is_cut=is_cut,
        others=others,
        minutes=reading_minutes(words) if words else 0,
        is_out=book.is_out(now),
        kept=kept_by(user, book),
        reviews=reviews_of(book, user, limit=ON_BOOKS_PAGE),
    )


def minutes_left(place: Place, page: BookPage) -> int:
    """Give the minutes from the place to the end of the book; 0 where its contents are cut."""
    if page.is_cut:
        return 0
    here = place.chapter
    later = sum(row.chapter.words for row in page.rows if row.chapter.number > here.number)
    return reading_minutes(round(later + here.words * (1 - place.fraction)))


def _others(book: Book, now: datetime) -> list[Book]:
    """Other books of the same names, without these names: they come with the book's own."""
    names = Authorship.objects.filter(book=book).values("author")
    shared = Authorship.objects.filter(book=OuterRef("pk"), author__in=names)
    return list(
        Book.objects.published(now)
        .filter(Exists(shared))
        .exclude(pk=book.pk)
        .newest_first()
        .defer("synopsis")
        .with_length(now)[:SHELF_LENGTH]
    )
