from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from sites.books.actions.announce_chapters import NEWS_FOR
from sites.books.events import BookAnnounced, tell
from sites.books.models import Book
from sites.books.models.book import BookQuerySet

#: Books of one run; those that are left wait for the next minute.
BOOKS_AT_ONCE: Final = 100


def announce_books(now: datetime) -> int:
    """Tell of books that have come out, and of which nobody has told yet; give how many.

    As with chapters (``announce_due``), readers see a book from its moment on by themselves; this says
    so once, to those who follow its authors. A book that was withdrawn and comes back is no news. Any
    number of processes may do this at the same time.
    """
    books = _due(now).order_by("published_on", "pk").values_list("pk", flat=True)
    return sum(_announce(pk, now) for pk in list(books[:BOOKS_AT_ONCE]))


def _due(now: datetime) -> BookQuerySet:
    return Book.objects.published(now).filter(
        announced_at=None, published_on__gt=now - NEWS_FOR, published_on__lte=now
    )


@transaction.atomic
def _announce(book: int, now: datetime) -> bool:
    # What is being written to, or announced by another process, is left to the next run.
    held = _due(now).filter(pk=book).select_for_update(no_key=True, skip_locked=True)
    if not held.values_list("pk"):
        return False
    Book.objects.filter(pk=book).update(announced_at=now)
    tell(BookAnnounced(book=book, by=None, at=now))
    return True
