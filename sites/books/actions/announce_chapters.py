from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from realtime.streams import publish
from sites.books.events import ChaptersAnnounced, tell
from sites.books.models import Chapter
from sites.books.models.chapter import ChapterQuerySet
from sites.books.rooms import ChaptersPublished, room_of_book

#: What has been out for longer is no news: the house slept, or the chapter came from elsewhere.
NEWS_FOR: Final = timedelta(days=7)
#: Books of one run, each in a transaction of its own; those that are left wait for the next minute.
BOOKS_AT_ONCE: Final = 100


def announce_due(now: datetime, *, book: int | None = None) -> int:
    """Tell of chapters that have come out, and of which nobody has told yet; give of how many books.

    Readers see a scheduled chapter from its moment on by themselves, whether anything runs or not.
    This says so to those who read or follow its book, once, as soon as something wakes. Chapters that
    came out with their book, or before it, are no news: the book is. Any number of processes may do
    this at the same time. With ``book`` only that one's are looked at.
    """
    due = _due(now) if book is None else _due(now).filter(book=book)
    books = due.order_by("book").values_list("book", flat=True).distinct()[:BOOKS_AT_ONCE]
    return sum(_announce(pk, now) for pk in list(books))


def _due(now: datetime) -> ChapterQuerySet:
    return Chapter.objects.published(now).filter(
        announced_at=None, published_on__gt=now - NEWS_FOR, published_on__lte=now
    )


@transaction.atomic
def _announce(book: int, now: datetime) -> bool:
    # What is being written to, or announced by another process, is left to the next run.
    held = _due(now).filter(book=book).select_related("book").defer("text", "book__synopsis")
    chapters = list(
        held.order_by("pk").select_for_update(of=("self",), no_key=True, skip_locked=True)
    )
    if not chapters:
        return False
    Chapter.objects.filter(pk__in=[row.pk for row in chapters]).update(announced_at=now)
    news = [row for row in chapters if row.published_on > row.book.published_on]
    if not news:
        return False
    first = min(news, key=lambda row: row.number)
    told = ChaptersPublished(number=first.number, title=first.title, count=len(news))
    publish(room_of_book(book), told)
    tell(ChaptersAnnounced(book=book, by=None, at=now, chapter=first.pk, count=len(news)))
    return True
