"""Who may hear that a book's numbers have changed, and when that is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from realtime.rooms import Ask, kind_of
from realtime.testing import Published, published
from sites.accounts.models import User
from sites.books.actions.follow import follow, unfollow
from sites.books.actions.keep_place import Spot, keep_place
from sites.books.models import Author, Book, Chapter
from sites.books.numbers_room import may_look, room_of_numbers
from sites.community.actions.decide_report import hide, restore
from sites.community.actions.edit_comment import delete_comment, edit_comment
from sites.community.actions.write_comment import Draft, write_comment
from sites.community.models import ReportReason
from tests.sites.books.actions.people import person
from tests.sites.chapter.library import make_author, make_book, make_chapters

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def book() -> Book:
    return make_book("out")


@pytest.fixture
def chapters(book: Book) -> list[Chapter]:
    return make_chapters(book)


@pytest.fixture
def reader() -> User:
    return person("reader")


def told(events: list[Published], book: Book) -> list[str]:
    return [one.data["what"] for one in events if one.room == room_of_numbers(book.pk)]


def test_only_those_who_may_edit_the_book_hear_its_room(book: Book, reader: User) -> None:
    foreign = make_book("foreign")
    author, editor = make_author(book), person("editor")
    asks = [
        Ask(user, key)
        for user in (AnonymousUser(), reader, author, editor)
        for key in (str(book.pk), str(foreign.pk), f"0{book.pk}", "", "9" * 30)
    ]
    with CaptureQueriesContext(connection) as queries:
        allowed = set(may_look(asks))
    assert len(queries) == 1
    own = {Ask(author, str(book.pk)), Ask(editor, str(book.pk)), Ask(editor, str(foreign.pk))}
    assert allowed == own
    assert kind_of(room_of_numbers(book.pk)).allowed is may_look


def test_to_follow_a_book_is_told_and_to_follow_its_author_is_not(book: Book, reader: User) -> None:
    now = timezone.now()
    with published() as events:
        follow(reader, book, now=now)
        unfollow(reader, book)
        unfollow(reader, book)
        author = Author.objects.create(name="Lain", slug="lain")
        unfollow(reader, author)
    assert told(events, book) == ["followers", "followers"]


def test_to_come_to_another_chapter_is_told_and_to_read_on_in_it_is_not(
    book: Book, chapters: list[Chapter], reader: User
) -> None:
    now = timezone.now()
    with published() as events:
        for minute, chapter in enumerate((0, 0, 1, 1, 0)):
            spot = Spot("", minute / 10)
            keep_place(reader, chapters[chapter], spot=spot, now=now + minute * MINUTE)
        assert not keep_place(reader, chapters[2], spot=Spot("", 0.0), now=now)
    assert told(events, book) == ["readers"] * 3


def test_comments_are_told_as_they_come_and_go(
    book: Book, chapters: list[Chapter], reader: User
) -> None:
    now, moderator = timezone.now(), person("moderator")
    with published() as events:
        comment = write_comment(chapters[0], Draft("Bagus."), by=reader, now=now)
    assert told(events, book) == ["comments"]
    with published() as events:
        edit_comment(comment, text="Bagus sekali.", spoiler=False, by=reader, now=now)
    assert told(events, book) == []
    with published() as events:
        hide(comment, reason=ReportReason.SPAM, why="Iklan.", by=moderator, now=now)
        restore(comment, why="Keliru.", by=moderator, now=now)
        delete_comment(comment, by=reader, now=now)
    assert told(events, book) == ["comments"] * 3
