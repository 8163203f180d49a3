"""An author's numbers are counted right, for their own books alone, and told as tables, too."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from sites.accounts.actions import create_user
from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Book, Chapter, ReadingProgress, Status
from sites.publish.dashboard import BOOKS_COUNTED, MOST_POINTS, WEEKS, dashboard
from sites.publish.dashboard_charts import charts
from tests.sites.desk.people import SmallHouse

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)  # a Thursday


def read(book: Book, chapter: Chapter, count: int) -> None:
    for number in range(count):
        reader = create_user(f"r{chapter.pk}-{number}@contoh.example", password=None)
        ReadingProgress.objects.create(user=reader, book=book, chapter=chapter)


def chapters(book: Book, count: int) -> list[Chapter]:
    """So many more published chapters, behind the first."""
    book.chapters.update(status=Status.PUBLISHED)
    return Chapter.objects.bulk_create(
        Chapter(book=book, number=n, title=f"Bab {n}", status=Status.PUBLISHED, source="x")
        for n in range(2, count + 2)
    )


def test_readers_are_counted_per_book_and_followed_to_the_last_chapter(house: SmallHouse) -> None:
    second, third = chapters(house.own, 2)
    read(house.own, house.chapter, 2)
    read(house.own, second, 1)
    read(house.own, third, 1)
    read(house.foreign, house.foreign_chapter, 5)
    shown = dashboard(house.people["author"], now=NOW)
    assert [(one.book, one.readers) for one in shown.books] == [(house.own, 4)]
    assert [(one.number, one.percent) for one in shown.reached] == [(1, 100), (2, 50), (3, 25)]


def test_a_long_book_is_followed_in_a_bounded_number_of_points(house: SmallHouse) -> None:
    last = chapters(house.own, 250)[-1]
    read(house.own, last, 1)
    reached = dashboard(house.people["author"], now=NOW).reached
    assert len(reached) <= MOST_POINTS
    assert {one.percent for one in reached} == {100}


def test_words_count_in_the_week_in_which_they_were_stored(house: SmallHouse) -> None:
    author = house.people["author"]
    Chapter.objects.all().delete()
    chapter = Chapter(book=house.own)
    texts = [("satu dua", 15), ("satu dua tiga empat", 8), ("satu", 8), ("satu dua tiga", 0)]
    for text, days in texts:
        at = NOW - timedelta(days=days)
        write_chapter(chapter, title="Bab", text=f"<p>{text}</p>", by=author, now=at)
        chapter = Chapter.objects.get(book=house.own)
    weeks = dashboard(author, now=NOW).weeks
    assert len(weeks) == WEEKS
    assert [words for _monday, words in weeks[-3:]] == [2, 2, 2]
    assert sum(words for _monday, words in weeks) == 6  # what was cut was written all the same
    assert all(monday.weekday() == 0 for monday, _words in weeks)


def test_what_a_file_brought_or_a_stranger_wrote_is_nobodys_week(house: SmallHouse) -> None:
    for book, source in ((house.own, "c1.xhtml"), (house.foreign, "")):
        Chapter.objects.create(
            book=book, number=9, title="B", words=500, source=source, created_at=NOW
        )
    Chapter.objects.exclude(number=9).delete()
    assert sum(words for _monday, words in dashboard(house.people["author"], now=NOW).weeks) == 0


def test_what_is_scheduled_comes_soonest_first(house: SmallHouse) -> None:
    soon, later = NOW + timedelta(days=1), NOW + timedelta(days=9)
    Book.objects.filter(pk=house.own.pk).update(status="published", publish_at=later)
    house.own.chapters.update(status=Status.PUBLISHED, publish_at=soon)
    upcoming = dashboard(house.people["author"], now=NOW).upcoming
    assert [(one.chapter, one.at) for one in upcoming] == [("1. Bab Laut", soon), ("", later)]
    assert dashboard(house.people["author"], now=later).upcoming == []


def test_only_so_many_books_are_counted_and_one_can_be_chosen(house: SmallHouse) -> None:
    author = house.people["author"]
    for number in range(BOOKS_COUNTED + 3):
        book = Book.objects.create(title=f"B{number}", slug=f"b{number}")
        book.authorships.create(author=author.author)
    shown = dashboard(author, now=NOW)
    assert len(shown.books) == BOOKS_COUNTED
    some = shown.books[3].book
    chosen = dashboard(author, chosen=str(some.pk), now=NOW).chosen
    assert chosen is not None
    assert chosen.book == some
    for odd in ("x", str(house.foreign.pk), "\x00", "9" * 40):
        assert dashboard(author, chosen=odd, now=NOW).chosen == shown.chosen


@pytest.mark.parametrize("role", ["author", "editor", "superuser"])
def test_the_first_screen_stays_continue_writing_with_the_numbers_below(
    house: SmallHouse, role: str
) -> None:
    chapters(house.own, 1)
    read(house.own, house.chapter, 1)
    page = house.visitor("publish", role).get("/").content.decode()
    assert ("Your books in numbers" in page) == (role == "author")
    if role == "author":
        assert page.index('class="desk-latest"') < page.index("Your books in numbers")
        assert page.count('class="chart"') == 3
        assert page.count("<table>") == 3


def test_charts_hold_json_whatever_the_titles_are(house: SmallHouse) -> None:
    Book.objects.filter(pk=house.own.pk).update(title='"><script>alert(1)</script>')
    read(house.own, house.chapter, 1)
    house.own.chapters.update(status=Status.PUBLISHED)
    drawn = charts(dashboard(house.people["author"], now=timezone.now()))
    for chart in drawn.values():
        data, options = json.loads(chart.data), json.loads(chart.options)
        assert len(data["labels"]) == len(data["datasets"][0]["data"]) == len(chart.rows)
        assert options["animation"] is False
    page = house.visitor("publish", "author").get("/").content.decode()
    assert "<script>alert(1)" not in page
