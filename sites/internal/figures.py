"""The house in numbers: one query for what is counted by day, week and status, one for ages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Aggregate, CharField, Count, DateField, DurationField, F, Value
from django.db.models import ExpressionWrapper as Wrapped
from django.db.models.functions import Cast, TruncDay, TruncWeek
from django.utils import timezone

from sites.accounts.models import User
from sites.books.models import Book, BookStatus, ReadingProgress, Submission
from sites.internal.permissions import reads_submissions, works_in_back_office

WEEKS = 12  # a season
DAYS = 14  # two weekends, to see one beside the other

SUBMITTED, DECIDED, READERS, NEWCOMERS, BOOKS = "submitted", "decided", "readers", "people", "books"


class Median(Aggregate):
    """PostgreSQL's continuous percentile at one half; NULL of nothing."""

    function = "PERCENTILE_CONT"
    name = "Median"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Figures:
    """Each part is there for those who may see it: a part that is not asked for is missing from
    ``counts``. Days and weeks without anything count nothing.

    ``counts`` maps a series to bucket → number: a day or a Monday as ISO date, or a status.
    """

    counts: dict[str, dict[str, int]]
    weeks: list[date]
    days: list[date]
    #: How long the waiting submissions have waited: the one in the middle. None where none waits.
    median_age: timedelta | None = None
    waiting: int = 0
    asked: frozenset[str] = field(default_factory=frozenset)

    def by_week(self, series: str) -> list[int]:
        return [self.counts[series].get(day.isoformat(), 0) for day in self.weeks]

    def by_day(self, series: str) -> list[int]:
        return [self.counts[series].get(day.isoformat(), 0) for day in self.days]

    def by_status(self) -> list[int]:
        return [self.counts[BOOKS].get(status, 0) for status in BookStatus.values]


def figures_for(user: User, now: datetime) -> Figures:
    """Count what this person may see, in two queries at most."""
    today = timezone.localtime(now).date()
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - timedelta(weeks=n) for n in reversed(range(WEEKS))]
    days = [today - timedelta(days=n) for n in reversed(range(DAYS))]
    series = _series(user, _midnight(weeks[0]), _midnight(days[0]))
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for name, bucket, number in _together(list(series.values())):
        counts[name][bucket] = number
    median, waiting = _ages(now) if SUBMITTED in series else (None, 0)
    return Figures(counts, weeks, days, median, waiting, frozenset(series))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _series(user: User, since_week: datetime, since_day: datetime) -> dict[str, Any]:
    """Give a query for each series that this person may see."""
    series: dict[str, Any] = {}
    if reads_submissions(user):
        given = Submission.objects.filter(submitted_at__gte=since_week)
        ended = Submission.objects.filter(decided_at__gte=since_week)
        series[SUBMITTED] = _counted(given, SUBMITTED, TruncWeek("submitted_at"))
        series[DECIDED] = _counted(ended, DECIDED, TruncWeek("decided_at"))
    if works_in_back_office(user) and user.has_perm("books.view_book"):
        read = ReadingProgress.objects.filter(updated_at__gte=since_day)
        people = Count("user", distinct=True)
        series[READERS] = _counted(read, READERS, TruncDay("updated_at"), people)
        series[BOOKS] = _counted(Book.objects.all(), BOOKS, F("status"))
    if user.has_perm("accounts.view_user"):
        joined = User.objects.filter(date_joined__gte=since_day)
        series[NEWCOMERS] = _counted(joined, NEWCOMERS, TruncDay("date_joined"))
    return series


def _counted(rows: Any, name: str, by: Any, number: Any = None) -> Any:
    """Count rows by day, week (a moment, made a date here in the house's time) or status."""
    bucket = by if isinstance(by, F) else Cast(by, DateField())
    named = rows.order_by().annotate(
        series=Value(name, CharField()), bucket=Cast(bucket, CharField())
    )
    counted = named.values("series", "bucket").annotate(number=number or Count("pk"))
    return counted.values_list("series", "bucket", "number")


def _together(queries: list[Any]) -> Any:
    if not queries:
        return []
    return queries[0].union(*queries[1:], all=True)


def _ages(now: datetime) -> tuple[timedelta | None, int]:
    age = Wrapped(Value(now) - F("submitted_at"), output_field=DurationField())
    found = Submission.objects.waiting().aggregate(
        median=Median(age, output_field=DurationField()), waiting=Count("pk")
    )
    return found["median"], found["waiting"]
