from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from sites.books.models import Chapter, Follow
from sites.community.models import Kind, Notification
from sites.community.notify import store

#: Followers told in one transaction: as many rooms are written to with it.
TOLD_AT_ONCE: Final = 200


def tell_followers(chapter: int, *, count: int, now: datetime) -> int:
    """Tell everybody who follows a chapter's book that it goes on with this chapter, the first of
    ``count``; give how many were told.

    It may be stopped at any moment and begun anew: nobody is told twice. A chapter that has gone
    meanwhile is no news.
    """
    told = after = 0
    while followers := _next_followers(chapter, after):
        after = max(followers)
        told += _tell(chapter, followers, count=count, now=now)
    return told


def _next_followers(chapter: int, after: int) -> dict[int, int]:
    """Give some follows of the chapter's book beyond a key, with their readers."""
    follows = Follow.objects.filter(book__chapters=chapter, user__is_active=True, pk__gt=after)
    return dict(follows.order_by("pk").values_list("pk", "user")[:TOLD_AT_ONCE])


@transaction.atomic
def _tell(chapter: int, followers: dict[int, int], *, count: int, now: datetime) -> int:
    # A job that stalled may run again while it still runs: one after the other, by this lock.
    held = Chapter.objects.select_for_update(of=("self",), no_key=True).filter(pk=chapter).first()
    if held is None:
        return 0
    heard = Notification.objects.filter(recipient=OuterRef("user"), chapter=chapter)
    people = Follow.objects.filter(pk__in=followers).exclude(Exists(heard))
    rows = [
        Notification(
            recipient_id=pk,
            kind=Kind.NEW_CHAPTER if count == 1 else Kind.NEW_CHAPTERS,
            book_id=held.book_id,
            chapter=held,
            created_at=now,
        )
        for pk in sorted(people.values_list("user", flat=True))
    ]
    store(rows)
    return len(rows)
