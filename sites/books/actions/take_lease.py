from __future__ import annotations

from django.db import transaction

from realtime.streams import publish
from sites.accounts.models import User
from sites.books.leases import (
    HeldByAnother,
    Lease,
    change_lease,
    from_now,
    hold_chapter,
    hold_lease,
)
from sites.books.models import Chapter
from sites.books.writing_rooms import room_of_writing, taken


@transaction.atomic
def take_lease(chapter: Chapter, *, by: User, page: str) -> Lease:
    """Let an open page write in a chapter for ``LEASE_FOR``. It gets a new fencing number, unless it
    holds the lease already. A person's newest page takes it from their others.

    Raises ``PermissionDenied``, ``GoneMeanwhile``, and ``HeldByAnother`` while somebody else writes.
    """
    kept = hold_chapter(chapter, by)
    lease = hold_lease(kept)
    if lease.keeps_out(by):
        raise HeldByAnother(lease)
    if lease.is_alive and lease.page == page:
        change_lease(kept.pk, expires_at=from_now())
        return hold_lease(kept)
    return give_lease(kept, lease, to=by, page=page)


def give_lease(chapter: Chapter, lease: Lease, *, to: User, page: str) -> Lease:
    """Give a lease that is held by the caller's lock to a page, and tell the others."""
    change_lease(
        chapter.pk,
        number=lease.number + 1,
        holder=to,
        page=page,
        expires_at=from_now(),
        asked_by=None,
        asked_page="",
    )
    given = hold_lease(chapter)
    publish(room_of_writing(chapter.pk), taken(given))
    return given
