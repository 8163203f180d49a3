"""Announcements at the bell: everybody is told of each, also those who come later than its banner."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from sites.accounts.models import User
from sites.community.house_room import tell_announced
from sites.community.models import Announcement, Kind, Notification
from sites.community.notify import store
from sites.rooms import who_may_enter

#: People told in one transaction: as many rooms are written to with it.
TOLD_AT_ONCE: Final = 200


@transaction.atomic
def announce_current(now: datetime) -> int:
    """Have people told of what is announced by now, each announcement once; give how many began. Open
    pages show it from this moment.

    Like chapters, announcements are seen from their moment on by themselves; this is done as soon as
    something wakes.
    """
    from sites.background.defer import defer  # loads procrastinate, which few requests need

    rows = list(
        Announcement.objects.ending_after(now)
        .filter(told_at=None, starts_at__lte=now)
        .order_by("pk")
        .select_for_update(skip_locked=True)
    )
    Announcement.objects.filter(pk__in=[row.pk for row in rows]).update(told_at=now)
    for row in rows:
        tell_announced(row, now)
        defer("community.tell_everybody", announcement=row.pk)
    return len(rows)


def tell_everybody(announcement: int, *, now: datetime) -> int:
    """Store a notification of an announcement for everybody whom it concerns; give for how many.

    It may be stopped at any moment and begun anew: nobody is told twice. One that was taken back
    meanwhile, or moved to a later moment, is told to nobody else. Who was told before it was moved is
    told anew, and what they were told goes.
    """
    told = after = 0
    while True:
        with transaction.atomic():
            # A job that stalled may run again while it still runs: one after the other.
            held = Announcement.objects.select_for_update(no_key=True).filter(pk=announcement)
            row = held.first()
            people = _next_people(row, after) if row and row.starts_at <= now else []
            if row is None or not people:
                return told
            told += _tell(row, people, now)
        after = people[-1]


def _next_people(row: Announcement, after: int) -> list[int]:
    people = User.objects.filter(is_active=True, pk__gt=after)
    if row.is_for_desks:
        people = people.filter(who_may_enter(*row.hosts))
    return list(people.order_by("pk").values_list("pk", flat=True)[:TOLD_AT_ONCE])


def _tell(row: Announcement, people: list[int], now: datetime) -> int:
    heard = Notification.objects.filter(announcement=row, recipient__in=people)
    at = max(now, row.told_at or now)  # clocks of two machines differ
    if row.told_at:
        heard.filter(created_at__lt=row.told_at).delete()
    new = set(people).difference(heard.values_list("recipient", flat=True))
    store(
        Notification(recipient_id=pk, kind=Kind.ANNOUNCED, announcement=row, created_at=at)
        for pk in sorted(new)
    )
    return len(new)
