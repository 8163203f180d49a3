"""Places by SQL are the places that readers have."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from sites.accounts.models import User
from sites.books.models import Book, Chapter, ReadingProgress, Status
from sites.books.place_columns import PLACE_IN_BOOK, continuing, place_of, places_of
from sites.books.reading import Place, place_in
from sites.books.reading import continuing as usual
from tests.sites.chapter.library import make_book, make_chapters, make_reader

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def seen(place: Place | None) -> Any:
    """All that pages show of a place beside its book."""
    if place is None:
        return None
    return (
        place.book.pk,
        place.book.slug,
        place.chapter.number,
        place.chapter.minutes,
        place.paragraph,
        place.fraction,
        place.share,
        place.is_finished,
        place.is_begun,
        place.last_number,
        place.percent,
        place.minutes_left,
        place.anchor,
    )


def column(user: User, columns: str, **words: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM accounts_user u WHERE u.id = %(user)s",  # noqa: S608
            {**words, "now": NOW, "user": user.pk},
        )
        return cursor.fetchone()[0]


def scatter(chance: random.Random, user: User) -> list[Book]:
    """Books in every state, with chapters in every state, each with a place somewhere."""
    later = NOW + timedelta(days=1)
    books = []
    for number in range(12):
        book = make_book(f"scattered-{number}")
        chapters = make_chapters(book, 4, words=chance.randrange(1, 5000))
        for chapter in chapters:
            draft = {"status": Status.DRAFT}
            state: dict[str, Any] = chance.choice(
                [{}, {}, {}, draft, {"publish_at": later}, {"publish_at": NOW}]
            )
            if state:
                Chapter.objects.filter(pk=chapter.pk).update(**state)
        hidden: dict[str, Any] = chance.choice(
            [{}, {}, {}, {"status": "withdrawn"}, {"publish_at": later}]
        )
        if hidden:
            Book.objects.filter(pk=book.pk).update(**hidden)
        ReadingProgress.objects.create(
            user=user,
            book=book,
            chapter=chance.choice(chapters),
            fraction=chance.choice([0.0, 0.1234567, 0.998, 0.999, 1.0]),
            paragraph=chance.choice(["", "p-aaaaaaab"]),
            updated_at=NOW - timedelta(minutes=chance.randrange(3)),
        )
        books.append(book)
    return books


@pytest.mark.parametrize("seed", range(4))
def test_places_by_sql_are_those_of_the_selectors(seed: int) -> None:
    user = make_reader(f"scattered-{seed}@example.org")
    books = scatter(random.Random(seed), user)
    for book in books:
        found = column(user, PLACE_IN_BOOK, slug=book.slug)
        assert seen(place_of(found)) == seen(place_in(user, book, NOW)), book
    for limit in (3, 7, 20):
        found = places_of(column(user, continuing(limit)))
        assert [seen(place) for place in found] == [
            seen(place) for place in usual(user, limit=limit, now=NOW)
        ]


def test_who_has_no_place_has_none() -> None:
    user, book = make_reader(), make_book()
    assert place_of(column(user, PLACE_IN_BOOK, slug=book.slug)) is None
    assert places_of(column(user, continuing(7))) == []
