"""A book in the small house that waits for an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sites.books.actions.submit_book import submit_book
from sites.books.models import (
    Author,
    Authorship,
    Book,
    Chapter,
    Genre,
    Revision,
    Status,
    Submission,
)
from tests.sites.desk.people import SmallHouse

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def complete(book: Book) -> None:
    """Give a draft what it lacks."""
    Book.objects.filter(pk=book.pk).update(synopsis="Garam.", opening_line="Laut.")
    book.genres.add(Genre.objects.order_by("pk")[0])
    before = NOW - timedelta(days=30)
    book.chapters.update(status=Status.PUBLISHED, created_at=before, updated_at=before)
    Revision.objects.filter(chapter__book=book).update(created_at=before)
    book.refresh_from_db()


def submitted(house: SmallHouse, *, days_ago: int = 3) -> Submission:
    """The author's own book, submitted."""
    complete(house.own)
    at = NOW - timedelta(days=days_ago)
    return submit_book(house.own, by=house.people["author"], now=at)


def another(house: SmallHouse, number: int, *, days_ago: int) -> Submission:
    """A further book of the author's, submitted."""
    book = Book.objects.create(
        title=f"Buku {number}", slug=f"buku-{number}", synopsis="Garam.", opening_line="Laut."
    )
    Authorship.objects.create(book=book, author=Author.objects.get(user=house.people["author"]))
    book.genres.add(house.genre)
    Chapter.objects.create(
        book=book,
        number=1,
        title="Bab",
        text='<p id="p-aaaaaaaa">Pasang.</p>',
        words=1,
        status=Status.PUBLISHED,
    )
    return submit_book(book, by=house.people["author"], now=NOW - timedelta(days=days_ago))
