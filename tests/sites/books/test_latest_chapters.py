"""What is new: books by their newest chapters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from sites.books.latest_chapters import LATEST_LIMIT, latest_chapters, newest_of_each_book
from sites.books.models import Chapter, Status
from tests.sites.chapter.library import at, make_book, make_chapters

pytestmark = pytest.mark.django_db

NOW = at(12)


def test_each_book_stands_once_by_its_newest_chapter() -> None:
    old, new = make_book("old"), make_book("new")
    make_chapters(old, 2, publish_at=at(8))
    make_chapters(new, 3, publish_at=at(9))
    rows = latest_chapters(now=NOW)
    assert [(row.book, row.chapter.number, row.more) for row in rows] == [(new, 3, 2), (old, 2, 1)]


def test_no_number_of_new_chapters_of_one_book_hides_another() -> None:
    small, large = make_book("small"), make_book("large")
    make_chapters(small, 1, publish_at=at(8))
    make_chapters(large, 1200, publish_at=at(9))
    assert [row.book for row in latest_chapters(now=NOW)] == [large, small]


def test_complete_books_hide_no_serial_that_still_runs() -> None:
    whole, running = make_book("whole"), make_book("running", is_complete=False)
    make_chapters(running, 2, publish_at=at(8))
    make_chapters(whole, 1200, publish_at=at(9))
    found = newest_of_each_book(NOW, limit=5, only_running=True)
    assert [(chapter.book, chapter.number) for chapter in found] == [(running, 2)]


def test_there_are_no_more_books_than_asked_for_and_the_newest_come_first() -> None:
    for number in range(LATEST_LIMIT + 3):
        make_chapters(make_book(f"book-{number}"), 2, publish_at=at(1, number))
    slugs = [row.book.slug for row in latest_chapters(now=NOW)]
    assert slugs == [f"book-{number}" for number in range(LATEST_LIMIT + 2, 2, -1)]


def test_only_chapters_that_came_out_together_are_counted_with_the_newest() -> None:
    book = make_book("serial")
    first, second, third = make_chapters(book, 3, publish_at=at(8))
    Chapter.objects.filter(pk=first.pk).update(publish_at=at(8) - timedelta(days=7))
    Chapter.objects.filter(pk=third.pk).update(publish_at=NOW + timedelta(minutes=1))
    (row,) = latest_chapters(now=NOW)
    assert (row.chapter, row.more) == (second, 0)
    assert latest_chapters(now=NOW + timedelta(hours=1))[0].more == 1


def test_drafts_and_what_is_still_to_come_are_left_out() -> None:
    make_chapters(make_book("draft", status=Status.DRAFT), 1, publish_at=at(8))
    make_chapters(make_book("draft-chapters"), 1, publish_at=at(8), status=Status.DRAFT)
    make_chapters(make_book("later"), 1, publish_at=NOW + timedelta(minutes=1))
    assert latest_chapters(now=NOW) == []


@pytest.mark.parametrize("count", [1, 12])
def test_two_queries_however_many_books(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_chapters(make_book(f"book-{number}", author="someone"), 2, publish_at=at(8))
    with django_assert_num_queries(2):
        rows = latest_chapters(now=NOW)
        assert {row.book.author_names for row in rows} == {"someone"}
    assert len(rows) == count
    assert Chapter.objects.count() == 2 * count
