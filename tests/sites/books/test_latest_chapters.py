"""What is new: books by their newest chapters."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from sites.books.latest_chapters import LATEST_SCANNED, latest_chapters
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


def test_an_import_of_many_chapters_hides_no_other_book() -> None:
    small, large = make_book("small"), make_book("large")
    make_chapters(small, 1, publish_at=at(8))
    make_chapters(large, LATEST_SCANNED - 1, publish_at=at(9))
    assert [row.book for row in latest_chapters(now=NOW)] == [large, small]


def test_drafts_and_what_is_still_to_come_are_left_out() -> None:
    make_chapters(make_book("draft", status=Status.DRAFT), 1, publish_at=at(8))
    make_chapters(make_book("draft-chapters"), 1, publish_at=at(8), status=Status.DRAFT)
    make_chapters(make_book("later"), 1, publish_at=NOW + timedelta(minutes=1))
    assert latest_chapters(now=NOW) == []


@pytest.mark.parametrize("count", [1, 12])
def test_four_queries_however_many_books(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_chapters(make_book(f"book-{number}", author="someone"), 2, publish_at=at(8))
    with django_assert_num_queries(4):
        rows = latest_chapters(now=NOW)
        assert {row.book.author_names for row in rows} == {"someone"}
    assert len(rows) == count
    assert Chapter.objects.count() == 2 * count
