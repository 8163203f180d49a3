from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sites.books.models import Book, Chapter, Status

Row = TypeVar("Row", Book, Chapter)


def note_publication(row: Row, *, stored: Row | None, now: datetime) -> None:
    """Set ``publish_at`` of a row about to be stored that readers see from ``now`` on.

    An empty time means at once: what becomes published, or is taken out of the plan to be published
    later, gets ``now``. What readers saw before keeps the time that they first did, and what was
    published without a time stays so. Forms give whole seconds; that is no other time.
    """
    if stored and stored.publish_at and row.publish_at == stored.publish_at.replace(microsecond=0):
        row.publish_at = stored.publish_at
    if row.status != Status.PUBLISHED or row.publish_at is not None:
        return
    if stored is None or not stored.is_out(now):
        row.publish_at = now
    else:
        row.publish_at = stored.publish_at


def note_first_sight(book: Book, *, now: datetime) -> None:
    """Set ``publish_at`` of a book that is approved ``now``: a moment to come stands; one that went
    by while the editors read becomes ``now``, when readers first see it."""
    if book.publish_at is None or book.publish_at < now:
        book.publish_at = now
