"""A chapter is announced when it has come out: once, by whoever is awake, and only where it is news."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from realtime.models import Event
from realtime.testing import Published, published
from sites.books import events
from sites.books.actions.announce_chapters import NEWS_FOR, announce_due
from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Book, Chapter, Status
from tests.sites.books.actions.people import person
from tests.sites.chapter.library import make_book, make_chapters

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def running_book(**fields: Any) -> Book:
    return make_book("serial", publish_at=NOW - 30 * 24 * HOUR, is_complete=False, **fields)


def come_out(book: Book, at: datetime, count: int = 1, after: int = 0) -> list[Chapter]:
    return Chapter.objects.bulk_create(
        Chapter(
            book=book,
            number=after + number,
            title=f"Piece {after + number}",
            text="<p>.</p>",
            status=Status.PUBLISHED,
            publish_at=at,
        )
        for number in range(1, count + 1)
    )


def news(book: Book, number: int, *, count: int = 1) -> Published:
    data = {"number": number, "title": f"Piece {number}", "count": count}
    return Published(f"book.{book.pk}", "chapters_published", data)


@pytest.mark.django_db
class TestWhatIsNews:
    def test_a_scheduled_chapter_is_announced_when_something_wakes_and_only_once(self) -> None:
        book = running_book()
        (chapter,) = come_out(book, NOW)
        with published() as told:
            assert announce_due(NOW - HOUR) == 0
            assert announce_due(NOW + 7 * HOUR) == 1
            assert announce_due(NOW + 8 * HOUR) == 0
        assert told == [news(book, 1)]
        chapter.refresh_from_db()
        assert chapter.announced_at == NOW + 7 * HOUR

    def test_chapters_that_come_out_together_are_one_announcement(self) -> None:
        book = running_book()
        come_out(book, NOW - HOUR, count=3, after=4)
        with published() as told:
            announce_due(NOW)
        assert told == [news(book, 5, count=3)]

    def test_what_came_with_its_book_or_before_it_is_no_news(self) -> None:
        book = make_book("new", publish_at=NOW - HOUR)
        come_out(book, NOW - HOUR)
        come_out(book, NOW - 5 * HOUR, after=1)
        with published() as told:
            assert announce_due(NOW) == 0
        assert told == []
        assert not Chapter.objects.filter(announced_at=None).exists()

    def test_what_has_been_out_for_long_is_no_news(self) -> None:
        come_out(running_book(), NOW - NEWS_FOR)
        assert announce_due(NOW) == 0

    @pytest.mark.parametrize("status", ["draft", "submitted", "withdrawn"])
    def test_nothing_is_said_of_a_book_that_readers_do_not_see(self, status: str) -> None:
        come_out(running_book(status=status), NOW - HOUR)
        assert announce_due(NOW) == 0
        assert Chapter.objects.filter(announced_at=None).exists()

    def test_a_book_that_comes_back_brings_what_was_written_meanwhile(self) -> None:
        book = running_book(status="withdrawn")
        come_out(book, NOW - HOUR)
        announce_due(NOW)
        Book.objects.update(status=Status.PUBLISHED)
        assert announce_due(NOW) == 1

    def test_the_version_that_a_writer_works_on_stays(self) -> None:
        (chapter,) = come_out(running_book(), NOW - HOUR)
        Chapter.objects.update(updated_at=NOW - 2 * HOUR)
        announce_due(NOW)
        chapter.refresh_from_db()
        assert chapter.updated_at == NOW - 2 * HOUR


@pytest.mark.django_db(transaction=True)
class TestWithCommits:
    def test_a_chapter_that_is_published_now_is_announced_at_once(self) -> None:
        book = running_book()
        make_chapters(book, 1, publish_at=NOW - 20 * 24 * HOUR)
        Chapter.objects.update(announced_at=NOW)
        chapter = Chapter(book=book, status=Status.PUBLISHED)
        editor = person("editor")
        write_chapter(chapter, title="Two", text="<p>Go on.</p>", by=editor, now=NOW)
        assert [event.data for event in room_of(book)] == [
            {"number": 2, "title": "Two", "count": 1}
        ]
        chapter.refresh_from_db()
        write_chapter(chapter, title="Two!", text="<p>Go on!</p>", by=editor, now=NOW + HOUR)
        announce_due(NOW + HOUR)
        assert len(room_of(book)) == 1

    def test_two_instances_that_wake_together_announce_once(self) -> None:
        book = running_book()
        come_out(book, NOW - HOUR, count=2)
        start, counts = threading.Barrier(4), []

        def announce() -> None:
            try:
                start.wait(timeout=20)
                counts.append(announce_due(NOW))
            finally:
                connection.close()

        threads = [threading.Thread(target=announce) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert sorted(counts) == [0, 0, 0, 1]
        assert len(room_of(book)) == 1

    def test_an_announcement_that_fails_is_made_again(self, monkeypatch: Any) -> None:
        book = running_book()
        come_out(book, NOW - HOUR)

        def fail(_event: object) -> None:
            raise RuntimeError("the listener")

        monkeypatch.setitem(events._listeners, events.ChaptersAnnounced, [fail])
        with pytest.raises(RuntimeError), transaction.atomic():
            announce_due(NOW)
        assert room_of(book) == []
        monkeypatch.undo()
        assert announce_due(NOW) == 1
        assert len(room_of(book)) == 1


def room_of(book: Book) -> list[Event]:
    return list(Event.objects.filter(room__name=f"book.{book.pk}").order_by("offset"))
