from __future__ import annotations

from django.db import transaction

from realtime.presence import person
from realtime.streams import publish
from sites.accounts.models import User
from sites.books.actions.take_lease import take_lease
from sites.books.leases import Lease, change_lease, hold_chapter, hold_lease
from sites.books.models import Chapter
from sites.books.writing_rooms import LeaseAsked, room_of_writing


@transaction.atomic
def ask_for_lease(chapter: Chapter, *, by: User, page: str) -> Lease:
    """Ask who is writing for the lease; whoever asked last gets it when it is handed over. From now
    on it ends unless its holder writes. Where nobody writes, it is taken.

    Raises ``PermissionDenied`` and ``GoneMeanwhile``.
    """
    kept = hold_chapter(chapter, by)
    lease = hold_lease(kept)
    if not lease.keeps_out(by):
        return take_lease(kept, by=by, page=page)
    change_lease(kept.pk, asked_by=by, asked_page=page)
    asked = hold_lease(kept)
    told = LeaseAsked(number=asked.number, person=person(by.pk), name=by.name)
    publish(room_of_writing(kept.pk), told)
    return asked
