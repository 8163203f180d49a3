"""What is new: books by their newest chapters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from sites.books.models import Book, Chapter
from sites.books.models.book import cover_names
from sites.books.models.chapter import ChapterQuerySet

LATEST_LIMIT = 12  # books: two screens of a phone
TOGETHER = timedelta(days=1)  # chapters of one book that came out with its newest, for a reader

_OUT = """c.status = 'published' AND (c.publish_at IS NULL OR c.publish_at <= %s)
    AND b.status = 'published' AND (b.publish_at IS NULL OR b.publish_at <= %s)
    AND NOT (%s AND b.is_complete)"""

#: From one book's newest chapter down the index of what is new to the next book's: each step goes
#: on where the last one stopped, so that the work does not grow with the house (PostgreSQL's wiki
#: calls it a loose index scan).
_NEWEST_OF_EACH_BOOK = f"""
WITH RECURSIVE newest AS (
    (SELECT c.id, c.published_on, ARRAY[c.book_id] AS seen
     FROM books_chapter c JOIN books_book b ON b.id = c.book_id
     WHERE {_OUT} ORDER BY c.published_on DESC, c.id DESC LIMIT 1)
    UNION ALL
    SELECT following.id, following.published_on, newest.seen || following.book_id
    FROM newest CROSS JOIN LATERAL (
        SELECT c.id, c.published_on, c.book_id
        FROM books_chapter c JOIN books_book b ON b.id = c.book_id
        WHERE {_OUT} AND (c.published_on, c.id) < (newest.published_on, newest.id)
            AND c.book_id <> ALL(newest.seen)
        ORDER BY c.published_on DESC, c.id DESC LIMIT 1
    ) AS following
    WHERE cardinality(newest.seen) < %s
)
SELECT id FROM newest
"""  # noqa: S608 - made of constants alone


@dataclass(frozen=True)
class Latest:
    """A book by its newest chapter; ``more`` counts its others of the day before that."""

    book: Book
    chapter: Chapter
    more: int


def newest_of_each_book(
    now: datetime, *, limit: int, only_running: bool = False
) -> ChapterQuerySet:
    """Give the newest chapter that every visitor may read of each book, with its book, for the
    ``limit`` books where it is newest: one query, whatever else came out with them.

    ``only_running`` leaves complete books out.
    """
    is_out = [now, now, only_running]
    newest = RawSQL(_NEWEST_OF_EACH_BOOK, [*is_out, *is_out, limit])  # noqa: S611 - only constants and parameters
    rows = Chapter.objects.filter(pk__in=newest).newest_first()
    return rows.select_related("book").defer("text", "book__synopsis")


def latest_chapters(*, limit: int = LATEST_LIMIT, now: datetime | None = None) -> list[Latest]:
    """Give the books with the newest chapters that every visitor may read, each once, with their
    authors, in two queries."""
    now = now or timezone.now()
    together = (
        Chapter.objects.published(now)
        .filter(book=OuterRef("book"), published_on__gt=OuterRef("published_on") - TOGETHER)
        .order_by()
        .values("book")
        .annotate(count=Count("pk"))
    )
    rows = (
        newest_of_each_book(now, limit=limit)
        .annotate(together=Coalesce(Subquery(together.values("count")), 1))
        .prefetch_related(cover_names("book__"))
    )
    return [
        Latest(row.book, row, row.together - 1)  # type: ignore[attr-defined]  # annotated above
        for row in rows
    ]
