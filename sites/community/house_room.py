"""The room of the whole house: every page with a line hears what the house announces, and shows it
without a reload.

Imported when somebody first publishes or joins (``sites.community.apps``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from realtime.events import Event, schema
from realtime.rooms import Ask, RoomKind, register
from realtime.streams import publish
from sites.community.announced import MOST_READ
from sites.community.models import Announcement

HOUSE: Final = "house"
#: A page that was away for longer is told what is announced now.
KEPT_FOR: Final = timedelta(days=1)
MOST_KEPT: Final = 50


@dataclass(frozen=True)
class Announced(Event):
    """The house says something until ``ends``, on these ``hosts`` (none: on all)."""

    announcement: int
    hosts: list[str]
    text_en: str
    text_id: str
    ends: datetime


@dataclass(frozen=True)
class AnnouncementEnded(Event):
    """It is taken back, or was moved to a later moment."""

    announcement: int


def tell_announced(row: Announcement, now: datetime) -> None:
    """Tell all open pages what this announcement is at ``now``, within the caller's transaction."""
    if row.starts_at <= now < row.ends_at:
        publish(HOUSE, _announced(row))
    else:
        tell_ended(row.pk)


def tell_ended(announcement: int) -> None:
    publish(HOUSE, AnnouncementEnded(announcement=announcement))


def _announced(row: Announcement) -> Announced:
    return Announced(row.pk, list(row.hosts), row.text_en, row.text_id, row.ends_at)


def everybody(asks: Sequence[Ask]) -> Collection[Ask]:
    """There is one such room, and no query."""
    return [ask for ask in asks if not ask.key]


def how_it_stands(_user: Any, _key: str) -> Mapping[str, Any]:
    """Give what is announced now, the newest first, in one query: not from what is kept for pages,
    which may be older than the stream."""
    now = timezone.now()
    rows = Announcement.objects.ending_after(now).filter(starts_at__lte=now)[:MOST_READ]
    return {"announcements": [schema(Announced)(_announced(row)) for row in rows]}


register(
    RoomKind(
        name=HOUSE,
        events=(Announced, AnnouncementEnded),
        allowed=everybody,
        snapshot=how_it_stands,
        keep_for=KEPT_FOR,
        keep_at_most=MOST_KEPT,
    )
)
