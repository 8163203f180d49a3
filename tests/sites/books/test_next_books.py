"""What to read after a book."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from sites.books.models import Book, Genre, Status
from sites.books.next_books import next_books
from tests.sites.chapter.library import at, make_book

pytestmark = pytest.mark.django_db

NOW = at(12)


def make(slug: str, **fields: object) -> Book:
    return make_book(slug, **({"publish_at": at(8), "language": "id"} | fields))  # type: ignore[arg-type]


def slugs(book: Book, limit: int = 9) -> list[str]:
    return [found.slug for found in next_books(book, limit=limit, now=NOW)]


def test_first_the_same_author_then_the_genre_then_what_is_new() -> None:
    genre = Genre.objects.create(slug="novel", name_en="Novel", name_id="Novel")
    book = make("read", author="ratih")
    book.genres.add(genre)
    make("same-author", author="ratih", publish_at=at(1), language="en")
    make("same-genre", publish_at=at(2)).genres.add(genre)
    make("foreign-genre", language="en", publish_at=at(3)).genres.add(genre)
    make("new", publish_at=at(5))
    make("newer", publish_at=at(6))
    make("foreign", language="en", publish_at=at(7))
    expected = ["same-author", "same-genre", "newer", "new", "foreign", "foreign-genre"]
    assert slugs(book) == expected
    assert slugs(book, limit=2) == expected[:2]


def test_hidden_books_and_the_book_itself_are_left_out() -> None:
    book = make("read", author="ratih")
    make("draft", author="ratih", status=Status.DRAFT)
    make("later", author="ratih", publish_at=at(13))
    assert slugs(book) == []


@pytest.mark.parametrize("count", [1, 20])
def test_two_queries_however_many_books(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    book = make("read", author="ratih")
    for number in range(count):
        make(f"other-{number}", author="ratih")
    with django_assert_num_queries(2):
        found = next_books(book, now=NOW)
        assert {other.author_names for other in found} == {"ratih"}
