from __future__ import annotations

from django.db import transaction

from realtime.streams import publish
from sites.accounts.models import User
from sites.books.leases import (
    Hold,
    Lease,
    LeaseLost,
    change_lease,
    from_now,
    hold_chapter,
    hold_lease,
)
from sites.books.models import Chapter
from sites.books.writing_rooms import LeaseKept, room_of_writing


@transaction.atomic
def renew_lease(chapter: Chapter, *, by: User, hold: Hold, keep: bool = False) -> Lease:
    """Let the page that holds the lease write for another ``LEASE_FOR``. Where somebody has asked for
    it, that takes words (``save_draft``) or an answer: with ``keep`` the person says that they go on.

    Raises ``PermissionDenied``, ``GoneMeanwhile`` and ``LeaseLost``.
    """
    kept = hold_chapter(chapter, by)
    lease = require_held(kept, by=by, hold=hold)
    if lease.asked_by and not keep:
        return lease
    change_lease(kept.pk, expires_at=from_now(), asked_by=None, asked_page="")
    if lease.asked_by:
        publish(room_of_writing(kept.pk), LeaseKept(number=lease.number))
    return hold_lease(kept)


def require_held(chapter: Chapter, *, by: User, hold: Hold) -> Lease:
    """Give the lease, locked; the chapter must be locked. Raises ``LeaseLost``."""
    lease = hold_lease(chapter)
    if not lease.is_held_by(by, hold):
        raise LeaseLost(lease)
    return lease
