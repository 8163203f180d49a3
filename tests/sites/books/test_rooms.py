"""Who may hear what happens to a book: exactly those who may see it, asked for all at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from realtime.rooms import Ask, kind_of
from sites.accounts.models import Person
from sites.books.models import Book, BookStatus
from sites.books.rooms import how_it_stands, may_see
from tests.sites.books.actions.people import person
from tests.sites.chapter.library import hide, make_author, make_book, make_chapters

pytestmark = pytest.mark.django_db


def books() -> list[Book]:
    """One in each state that a reader's page may be open on."""
    now = timezone.now()
    return [
        make_book("out"),
        make_book("planned", publish_at=now + timedelta(days=1)),
        *(
            make_book(status, status=status)
            for status in BookStatus.values
            if status != "published"
        ),
    ]


def people(own: Book) -> list[Person]:
    suspended = person("editor", name="suspended")
    suspended.is_active = False
    suspended.save()
    roles = ("reader", "author", "editor", "support", "moderator", "manager", "operator")
    return [
        AnonymousUser(),
        suspended,
        make_author(own),
        person("superuser"),
        *(person(role, name=f"a-{role}") for role in roles),
    ]


def test_a_room_is_heard_by_those_who_see_its_book_and_by_nobody_else() -> None:
    all_books = books()
    everybody = people(own=all_books[2])
    asks = [Ask(user, str(book.pk)) for user in everybody for book in all_books]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        allowed = may_see(asks)
    assert len(queries) == 1
    for ask in asks:
        seen = Book.objects.visible_to(ask.user).filter(pk=ask.key).exists()
        assert (ask in allowed) is seen, (str(ask.user), ask.key)
    assert len(allowed) < len(asks)


def test_visitors_alone_hear_what_is_out() -> None:
    asks = [Ask(AnonymousUser(), str(book.pk)) for book in books()]
    assert [ask for ask in asks if ask in may_see(asks)] == asks[:1]


@pytest.mark.parametrize(
    "key", ["", "0", "-1", "0{pk}", "+{pk}", "{pk}x", "99999999999999999999", "٤٢"]
)
def test_a_key_has_one_spelling(key: str) -> None:
    book = make_book()
    assert may_see([Ask(person("superuser"), key.format(pk=book.pk))]) == []


def test_whoever_comes_late_is_told_how_the_book_stands() -> None:
    book = make_book()
    chapters = make_chapters(book, 3)
    hide(chapters[2])
    assert how_it_stands(None, str(book.pk)) == {"last": 2, "title": "Piece 2"}
    assert how_it_stands(None, "77777") == {"last": 0, "title": ""}


def test_the_kinds_are_known_when_somebody_asks_for_them() -> None:
    assert kind_of("book.42").shows_presence
    assert not kind_of("user.7").shows_presence
