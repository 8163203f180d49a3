from __future__ import annotations

from django.db import transaction

from realtime.streams import publish
from sites.accounts.models import User
from sites.books.actions.renew_lease import require_held
from sites.books.actions.take_lease import give_lease
from sites.books.leases import Hold, Lease, change_lease, hold_chapter, hold_lease
from sites.books.models import Chapter
from sites.books.permissions import may_edit
from sites.books.writing_rooms import LeaseGivenBack, room_of_writing


@transaction.atomic
def give_lease_back(chapter: Chapter, *, by: User, hold: Hold) -> Lease:
    """Write no longer: the lease goes to who has asked for it, else it is free.

    Raises ``PermissionDenied``, ``GoneMeanwhile`` and ``LeaseLost``.
    """
    kept = hold_chapter(chapter, by)
    lease = require_held(kept, by=by, hold=hold)
    if lease.asked_by and may_edit(lease.asked_by, kept.book):
        return give_lease(kept, lease, to=lease.asked_by, page=lease.asked_page)
    change_lease(kept.pk, holder=None, page="", expires_at=None, asked_by=None, asked_page="")
    publish(room_of_writing(kept.pk), LeaseGivenBack(number=lease.number))
    return hold_lease(kept)
