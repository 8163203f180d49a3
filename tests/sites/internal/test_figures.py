"""The house in numbers: counted by the house's days, each part for those who may see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sites.accounts.models import User
from sites.books.actions.decide_on_book import reject_book
from sites.books.models import Book, BookStatus, ReadingProgress, Submission
from sites.internal.charts import charts
from sites.internal.figures import (
    BOOKS,
    DAYS,
    DECIDED,
    NEWCOMERS,
    READERS,
    SUBMITTED,
    WEEKS,
    figures_for,
)
from tests.sites.desk.people import SmallHouse
from tests.sites.internal.submitted import another

#: A Monday, three in the afternoon in Jakarta.
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _everybody_joined_long_ago(house: SmallHouse) -> None:
    User.objects.update(date_joined=NOW - timedelta(days=300))


def test_submissions_are_counted_by_week_and_their_age_by_the_middle(house: SmallHouse) -> None:
    waiting = [another(house, n, days_ago=n) for n in (1, 2, 12)]
    done = another(house, 4, days_ago=20)
    reject_book(done.book, comment="Belum.", by=house.people["editor"], now=NOW)
    Submission.objects.filter(pk=waiting[0].pk).update(submitted_at=NOW - timedelta(hours=1))
    counted = figures_for(house.people["editor"], NOW)
    assert len(counted.weeks) == WEEKS
    assert counted.by_week(SUBMITTED)[-4:] == [1, 1, 1, 1]
    assert counted.by_week(DECIDED)[-2:] == [0, 1]
    assert (counted.median_age, counted.waiting) == (timedelta(days=2), 3)
    assert "2\xa0days" in charts(counted, NOW)[0].says


def test_a_reader_counts_once_a_day_and_days_are_the_houses(house: SmallHouse) -> None:
    reader, author = house.people["reader"], house.people["author"]
    midnight = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)  # in Jakarta the 23rd begins
    for user, book, at in (
        (reader, house.own, midnight + timedelta(minutes=1)),
        (reader, house.foreign, NOW),
        (author, house.own, midnight - timedelta(minutes=1)),
    ):
        ReadingProgress.objects.create(user=user, book=book, chapter=house.chapter, updated_at=at)
    User.objects.filter(pk=reader.pk).update(date_joined=midnight - timedelta(days=DAYS + 1))
    User.objects.filter(pk=author.pk).update(date_joined=NOW)
    counted = figures_for(house.people["manager"], NOW)
    assert counted.by_day(READERS)[-3:] == [0, 1, 1]
    assert counted.by_day(NEWCOMERS) == [0] * (DAYS - 1) + [1]


def test_books_are_counted_by_status(house: SmallHouse) -> None:
    Book.objects.filter(pk=house.own.pk).update(status=BookStatus.PUBLISHED)
    counted = figures_for(house.people["support"], NOW)
    assert dict(zip(BookStatus.values, counted.by_status(), strict=True))["published"] == 1
    assert sum(counted.by_status()) == 2


@pytest.mark.parametrize(
    ("role", "parts"),
    [
        ("editor", {SUBMITTED, DECIDED}),
        ("support", {READERS, BOOKS, NEWCOMERS}),
        ("operator", {NEWCOMERS}),
        ("manager", {SUBMITTED, DECIDED, READERS, BOOKS, NEWCOMERS}),
    ],
)
def test_each_sees_the_figures_that_their_role_may(
    house: SmallHouse, role: str, parts: set[str]
) -> None:
    assert figures_for(house.people[role], NOW).asked == parts


def test_an_empty_house_has_charts_too(house: SmallHouse) -> None:
    Book.objects.all().delete()
    shown = charts(figures_for(house.people["manager"], NOW), NOW)
    assert [chart.name for chart in shown] == [
        "chart-submissions",
        "chart-readers",
        "chart-newcomers",
        "chart-books",
    ]
    assert shown[0].says == "Nothing waits."
    for chart in shown:
        assert all(len(numbers) == len(chart.labels) for numbers in chart.series.values())


def test_the_first_screen_draws_them_and_says_them_and_keeps_to_the_limit(
    house: SmallHouse, django_assert_max_num_queries: Any
) -> None:
    another(house, 1, days_ago=2)
    client = house.visitor("internal", "manager")
    client.get("/")
    with django_assert_max_num_queries(12):
        page = client.get("/").content.decode()
    for words in ("Submissions of each week", "Books by status", 'data-type="bar"', "<table>"):
        assert words in page, words
