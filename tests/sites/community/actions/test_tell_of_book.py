"""Whoever follows an author is told of a new book: everybody, once, however often it is begun."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from realtime.testing import published
from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.events import BookAnnounced
from sites.books.events import tell as tell_event
from sites.books.models import Author, Authorship, Book, BookStatus, Follow
from sites.community.actions import tell_of_book as module
from sites.community.actions.choose_ways import choose_ways
from sites.community.actions.tell_of_book import tell_of_book
from sites.community.models import Kind, Notification
from sites.community.models.notification_choice import Topic, Way
from sites.community.sentences import told_to
from sites.community.ways_to_tell import ways_of
from tests.sites.chapter.library import make_book

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def book() -> Book:
    return make_book("the-sea")


def name_on(book: Book, name: str, **fields: Any) -> Author:
    author = Author.objects.create(name=name, slug=name.lower(), **fields)
    Authorship.objects.create(book=book, author=author)
    return author


def reader(name: str, *followed: Author) -> User:
    user = create_user(f"{name}@follow.example", password=None)
    Follow.objects.bulk_create(Follow(user=user, author=one, since=NOW) for one in followed)
    return user


def test_everybody_who_follows_an_author_is_told_once_in_as_many_steps_as_it_takes(
    book: Book, monkeypatch: Any
) -> None:
    monkeypatch.setattr(module, "TOLD_AT_ONCE", 2)
    ayu, bayu = name_on(book, "Ayu"), name_on(book, "Bayu")
    other = name_on(make_book("other"), "Citra")
    people = [reader(f"r{n}", ayu, *([bayu] if n % 2 else [])) for n in range(5)]
    people.append(reader("of-the-second", bayu))
    closed = reader("closed", ayu)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    reader("stranger", other)
    with published() as rung:
        assert tell_of_book(book.pk, now=NOW) == 6
        assert tell_of_book(book.pk, now=NOW) == 0
    told = Notification.objects.values_list("recipient", "kind", "book")
    assert sorted(told) == [(user.pk, Kind.NEW_BOOK, book.pk) for user in people]
    assert len(rung) == 6


def test_whose_name_stands_on_the_cover_knows(book: Book) -> None:
    ayu = name_on(book, "Ayu")
    bayu = reader("bayu", ayu)
    name_on(book, "Bayu", user=bayu)
    assert tell_of_book(book.pk, now=NOW) == 0


@pytest.mark.parametrize("status", [BookStatus.WITHDRAWN, BookStatus.DRAFT])
def test_a_book_that_has_gone_meanwhile_is_no_news(book: Book, status: str) -> None:
    reader("waits", name_on(book, "Ayu"))
    Book.objects.update(status=status)
    assert tell_of_book(book.pk, now=NOW) == 0


def test_the_notification_leads_to_the_book(book: Book) -> None:
    user = reader("reads", name_on(book, "Ayu"))
    tell_of_book(book.pk, now=NOW)
    [told] = told_to(user, page=1)
    assert told.sentence == "“The sea” is out, by somebody whom you follow."
    assert told.address.endswith("/books/the-sea/")


def test_who_wants_none_of_it_is_told_nothing(book: Book) -> None:
    user = reader("quiet", name_on(book, "Ayu"))
    assert ways_of(user)[Topic.BOOKS] == Way.PAGE
    choose_ways(user, {Topic.BOOKS: Way.NONE}, now=NOW)
    tell_of_book(book.pk, now=NOW)
    assert not Notification.objects.exists()


def test_an_announcement_leaves_the_telling_to_a_job(book: Book, monkeypatch: Any) -> None:
    left: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        "sites.background.defer.defer", lambda name, **given: left.append((name, given))
    )
    tell_event(BookAnnounced(book=book.pk, by=None, at=NOW))
    assert left == [("community.tell_of_book", {"book": book.pk})]
