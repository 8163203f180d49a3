"""An author's numbers: readers, how far they get, words of each week, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Subquery, Window
from django.db.models.functions import Coalesce, JSONObject, Lead
from django.utils.timezone import localtime

from sites.accounts.models import User
from sites.books.models import (
    AuthorInvitation,
    Book,
    Chapter,
    ReadingProgress,
    Revision,
    Status,
    Submission,
)

#: One's own books that are counted, those first that were worked on last: one screen of bars.
BOOKS_COUNTED: Final = 12
WEEKS: Final = 12  # a season
#: Stored versions that the words are counted from, the newest first: seventy a day for a season.
MOST_SAVES: Final = 6000
#: Chapters whose readers are counted; the longest serials have about two thousand.
MOST_CHAPTERS: Final = 2500
#: Points of the line through a book: more would not be told apart on a phone.
MOST_POINTS: Final = 60
NEXT_SHOWN: Final = 6
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Counted:
    """One book with its number of readers and where it stands."""

    book: Book
    readers: int
    submitted_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True)
class Reached:
    """How many percent of a book's readers have come to this chapter, or further."""

    number: int
    title: str
    percent: int


@dataclass(frozen=True)
class Scheduled:
    """What readers will see by itself: a book, or a chapter of it."""

    book: Book
    chapter: str
    at: datetime


@dataclass(frozen=True)
class Dashboard:
    """All of it; ``chosen`` is the book whose readers are followed through its chapters."""

    books: list[Counted]
    chosen: Counted | None
    reached: list[Reached]
    weeks: list[tuple[datetime, int]]
    upcoming: list[Scheduled]
    asked: int


def dashboard(user: User, *, chosen: str = "", now: datetime) -> Dashboard:
    """Count for the books with the person's own name; three queries however many there are.

    ``chosen`` is the key of one of them, as an address has it; else it is the one with most readers.
    ``asked`` is the number of open invitations to the person.
    """
    rows = list(_own_books(user, now))
    asking = AuthorInvitation.objects.open(now).to(user)
    if not rows:
        return Dashboard([], None, [], [], [], asking.count())
    books = [Counted(row, row.readers, row.submitted_at, row.decided_at) for row in rows]
    most = max(books, key=lambda one: one.readers)
    followed = next((one for one in books if str(one.book.pk) == chosen), most)
    return Dashboard(
        books,
        followed,
        reached(followed),
        _weeks([row.pk for row in rows], now),
        _upcoming(rows, now),
        rows[0].asked,
    )


def _own_books(user: User, now: datetime) -> Any:
    readers = ReadingProgress.objects.filter(book=OuterRef("pk")).order_by().values("book")
    latest = Submission.objects.filter(book=OuterRef("pk")).order_by("-number")
    soon = Chapter.objects.filter(
        book=OuterRef("pk"), status=Status.PUBLISHED, publish_at__gt=now
    ).order_by("publish_at", "number")
    asking = AuthorInvitation.objects.open(now).to(user).order_by()
    everything = asking.annotate(one=F("pk") * 0).values("one").annotate(n=Count("pk"))
    return (
        Book.objects.of_user(user)
        .defer("synopsis", "opening_line")
        .annotate(
            readers=Coalesce(Subquery(readers.annotate(n=Count("pk")).values("n")), 0),
            submitted_at=Subquery(latest.values("submitted_at")[:1]),
            decided_at=Subquery(latest.values("decided_at")[:1]),
            soon_at=Subquery(soon.values("publish_at")[:1]),
            soon=Subquery(soon.values(of=JSONObject(number="number", title="title"))[:1]),
            asked=Coalesce(Subquery(everything.values("n")), 0),
        )
        .order_by("-written_at", "-pk")[:BOOKS_COUNTED]
    )


def reached(counted: Counted) -> list[Reached]:
    """Follow a book's readers from its first chapter to its last, in at most ``MOST_POINTS``."""
    if not counted.readers:
        return []
    chapters = (
        Chapter.objects.filter(book=counted.book)
        .annotate(here=Count("progress"))
        .order_by("number")
        .values_list("number", "title", "status", "here")[:MOST_CHAPTERS]
    )
    left, points = counted.readers, []
    for number, title, status, here in chapters:
        if status == Status.PUBLISHED:
            points.append(Reached(number, title, round(100 * left / counted.readers)))
        left = max(left - here, 0)
    return points[:: max(ceil(len(points) / MOST_POINTS), 1)]


def _weeks(books: Sequence[int], now: datetime) -> list[tuple[datetime, int]]:
    """Give the beginning of each of the last weeks with the words that were added in it.

    Words that a new version has more than the one before count in the week in which it was stored;
    what was cut is not taken away from what was written. Chapters that a file brought were not
    written here.
    """
    today = localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=today.weekday()) - WEEK * (WEEKS - 1)
    # Summer time may shift midnight by an hour: weeks are told by their dates.
    days = {(first + WEEK * n).date(): 0 for n in range(WEEKS)}
    for at, gained in _saves(books, first):
        day = localtime(at).date()
        week = day - timedelta(days=day.weekday())
        if week in days:
            days[week] += max(gained or 0, 0)
    return [(first + WEEK * n, words) for n, words in enumerate(days.values())]


def _saves(books: Sequence[int], since: datetime) -> Any:
    following = Window(Lead("words"), partition_by=[F("chapter_id")], order_by=F("number").asc())
    versions = (
        Revision.objects.filter(chapter__book__in=books, created_at__gte=since)
        .annotate(gained=Coalesce(following, F("chapter__words")) - F("words"))
        .order_by()
        .values_list("created_at", "gained")
    )
    begun = Revision.objects.filter(chapter=OuterRef("pk")).order_by("number").values("words")
    beginnings = (
        Chapter.objects.filter(book__in=books, created_at__gte=since, source="")
        .annotate(gained=Coalesce(Subquery(begun[:1]), F("words")))
        .order_by()
        .values_list("created_at", "gained")
    )
    return versions.union(beginnings, all=True).order_by("-created_at")[:MOST_SAVES]


def _upcoming(rows: Sequence[Any], now: datetime) -> list[Scheduled]:
    """Give what is scheduled next, the soonest first; of each book its next chapter."""
    found = []
    for row in rows:
        if row.status == Status.PUBLISHED and row.publish_at and row.publish_at > now:
            found.append(Scheduled(row, "", row.publish_at))
        if row.soon_at:
            found.append(Scheduled(row, f"{row.soon['number']}. {row.soon['title']}", row.soon_at))
    return sorted(found, key=lambda one: one.at)[:NEXT_SHOWN]
