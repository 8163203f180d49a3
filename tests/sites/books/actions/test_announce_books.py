"""A book is announced when it has come out: once, by whoever is awake, and only where it is news."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sites.books import events, jobs
from sites.books.actions.announce_books import announce_books
from sites.books.actions.announce_chapters import NEWS_FOR
from sites.books.events import BookAnnounced
from sites.books.models import Book, BookStatus
from tests.sites.chapter.library import make_book

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[BookAnnounced]:
    heard: list[BookAnnounced] = []
    monkeypatch.setitem(events._listeners, BookAnnounced, [heard.append])
    return heard


def test_a_planned_book_is_announced_when_something_wakes_and_only_once(
    told: list[BookAnnounced],
) -> None:
    book = make_book("planned", publish_at=NOW)
    changed = book.updated_at
    assert announce_books(NOW - HOUR) == 0
    assert announce_books(NOW + 7 * HOUR) == 1
    assert announce_books(NOW + 8 * HOUR) == 0
    assert told == [BookAnnounced(book=book.pk, by=None, at=NOW + 7 * HOUR)]
    book.refresh_from_db()
    assert (book.announced_at, book.updated_at) == (NOW + 7 * HOUR, changed)


def test_a_book_that_was_withdrawn_and_comes_back_is_no_news(told: list[BookAnnounced]) -> None:
    make_book("back", publish_at=NOW - HOUR)
    assert announce_books(NOW) == 1
    Book.objects.update(status=BookStatus.WITHDRAWN)
    assert announce_books(NOW) == 0
    Book.objects.update(status=BookStatus.PUBLISHED)
    assert announce_books(NOW) == 0
    assert len(told) == 1


@pytest.mark.parametrize("status", [one for one in BookStatus.values if one != "published"])
def test_nothing_is_said_of_a_book_that_readers_do_not_see(status: str) -> None:
    make_book("unseen", publish_at=NOW - HOUR, status=status)
    assert announce_books(NOW) == 0
    assert Book.objects.get().announced_at is None


def test_what_has_been_out_for_long_is_no_news() -> None:
    make_book("old", publish_at=NOW - NEWS_FOR)
    assert announce_books(NOW) == 0


def test_the_minutes_job_announces_books(told: list[BookAnnounced]) -> None:
    make_book("now")
    jobs.announce_chapters()
    assert len(told) == 1
