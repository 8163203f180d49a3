"""A draft that lacks nothing, its author and an editor."""

from __future__ import annotations

import pytest

from sites.accounts.models import User
from sites.books.models import Book, BookStatus, Chapter, Genre, Status
from tests.sites.books.actions.people import author_with_book, person


@pytest.fixture
def ratih() -> User:
    return author_with_book(title="Laut")[0]


@pytest.fixture
def book(ratih: User) -> Book:
    """A draft that lacks nothing, by Ratih."""
    found: Book = Book.objects.get(title="Laut")
    found.synopsis, found.opening_line, found.status = "Garam.", "Laut.", BookStatus.DRAFT
    found.publish_at = None
    found.save()
    genre, _new = Genre.objects.get_or_create(slug="novel", name_en="Novel", name_id="Novel")
    found.genres.add(genre)
    Chapter.objects.create(
        book=found,
        number=1,
        title="Pasang",
        text='<p id="p-aaaaaaaa">Air naik pelan-pelan.</p>',
        words=3,
        status=Status.PUBLISHED,
    )
    return found


@pytest.fixture
def editor() -> User:
    return person("editor")
