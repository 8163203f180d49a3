from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from sites.books.models import Book, Follow
from sites.community.models import Kind, Notification
from sites.community.notify import authors_of, store

#: Followers told in one transaction: as many rooms are written to with it.
TOLD_AT_ONCE: Final = 200


def tell_of_book(book: int, *, now: datetime) -> int:
    """Tell everybody who follows a name on a book's cover that the book is out; give how many were told.

    It may be stopped at any moment and begun anew: nobody is told twice, whoever they follow. Those whose
    names stand on the cover know. A book that readers no longer see is no news.
    """
    told = after = 0
    while followers := _next_followers(book, after):
        after = max(followers)
        told += _tell(book, followers, now=now)
    return told


def _next_followers(book: int, after: int) -> set[int]:
    """Give the keys of some follows of the book's authors beyond a key."""
    follows = Follow.objects.filter(
        author__authorships__book=book, user__is_active=True, pk__gt=after
    )
    return set(follows.order_by("pk").values_list("pk", flat=True)[:TOLD_AT_ONCE])


@transaction.atomic
def _tell(book: int, followers: set[int], *, now: datetime) -> int:
    # A job that stalled may run again while it still runs: one after the other, by this lock.
    out = Book.objects.published(now).select_for_update(no_key=True).filter(pk=book)
    if not out.values_list("pk"):
        return 0
    heard = Notification.objects.filter(recipient=OuterRef("user"), book=book, kind=Kind.NEW_BOOK)
    people = Follow.objects.filter(pk__in=followers).exclude(Exists(heard))
    told = set(people.values_list("user", flat=True)) - authors_of(book)
    store(
        Notification(recipient_id=pk, kind=Kind.NEW_BOOK, book_id=book, created_at=now)
        for pk in sorted(told)
    )
    return len(told)
