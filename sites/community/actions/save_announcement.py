from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.exceptions import BookError
from sites.community.announced import forget
from sites.community.house_room import tell_announced, tell_ended
from sites.community.models import Announcement
from sites.hosts import HOSTS

#: Announcements that have not ended: a house that says more is not heard.
MOST_CURRENT = 20


class AnnouncementRefused(BookError):
    """What was to be announced cannot be; the text says why."""


@transaction.atomic
def save_announcement(row: Announcement, *, by: User, now: datetime) -> Announcement:
    """Announce something, or change what is announced. Every instance shows it within
    ``sites.community.announced.KEPT``; pages that are open show it at once. One that has begun and is
    moved to a later moment begins anew: everybody is told once more then, in the place of before.

    Raises ``PermissionDenied`` and ``AnnouncementRefused``.
    """
    verb = "add" if row._state.adding else "change"
    _require(by, verb)
    if row.ends_at <= row.starts_at:
        raise AnnouncementRefused(_("It ends before it begins. Choose a later end."))
    if unknown := set(row.hosts) - set(HOSTS):
        raise AnnouncementRefused(
            _("There is no room called %(name)s.") % {"name": ", ".join(sorted(unknown))}
        )
    others = Announcement.objects.ending_after(now).exclude(pk=row.pk)
    if others.count() >= MOST_CURRENT:
        raise AnnouncementRefused(_("Too much is announced already. End an older announcement."))
    row.told_at = None if row.starts_at > now else _told_at(row)
    row.save()
    record_audit(f"announcement.{verb}", by=by, on=row, now=now)
    tell_announced(row, now)
    transaction.on_commit(forget)
    return row


@transaction.atomic
def delete_announcement(row: Announcement, *, by: User, now: datetime) -> None:
    """Take an announcement back. Raises ``PermissionDenied``."""
    _require(by, "delete")
    record_audit("announcement.delete", by=by, on=row, now=now)
    tell_ended(row.pk)
    row.delete()
    transaction.on_commit(forget)


def _told_at(row: Announcement) -> datetime | None:
    """Give when people began to be told of it, and hold it until the commit: the form was read before,
    and the minute's job may have had its turn since."""
    kept = Announcement.objects.select_for_update(no_key=True).filter(pk=row.pk).first()
    return kept.told_at if kept else None


def _require(by: User, verb: str) -> None:
    if not by.has_perm(f"community.{verb}_announcement"):
        raise PermissionDenied(_("Only managers speak for the house."))
