"""The rooms of the whole house: every page with a line hears what the house announces, and shows it
without a reload. A desk's pages are in a room of their own, ``house.internal``: what is announced there
alone is for those whom its door lets in.

Imported when somebody first publishes or joins (``sites.community.apps``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone

from realtime.events import Event, schema
from realtime.rooms import Ask, RoomKind, register, room_name
from realtime.streams import publish
from sites.accounts.models import User
from sites.community.announced import MOST_READ
from sites.community.models import Announcement
from sites.community.models.announcement import DESKS
from sites.hosts import HOSTS
from sites.rooms import who_may_enter
from sites.second_factor import may_hear

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


def room_of_house(host: str) -> str:
    """Give the room that pages of a host are in."""
    return room_name(HOUSE, host if host in DESKS else "")


_ROOMS: Final = sorted({room_of_house(host) for host in HOSTS})


def tell_announced(row: Announcement, now: datetime) -> None:
    """Tell all open pages what this announcement is at ``now``, within the caller's transaction."""
    is_now = row.starts_at <= now < row.ends_at
    shown = {room_of_house(host) for host in row.hosts or HOSTS} if is_now else set()
    for room in _ROOMS:
        publish(room, _announced(row) if room in shown else AnnouncementEnded(row.pk))


def tell_ended(announcement: int) -> None:
    for room in _ROOMS:
        publish(room, AnnouncementEnded(announcement=announcement))


def _announced(row: Announcement) -> Announced:
    return Announced(row.pk, list(row.hosts), row.text_en, row.text_id, row.ends_at)


def who_hears(asks: Sequence[Ask]) -> Collection[Ask]:
    """Everybody hears what is for readers; a desk's room whom its door lets in, by a query for each."""
    allowed = [ask for ask in asks if not ask.key]
    for desk in {ask.key for ask in asks} & DESKS:
        own = [ask for ask in asks if ask.key == desk and isinstance(ask.user, User)]
        if desk == "internal":  # authors, who write at their desk, need no second factor
            own = [ask for ask in own if may_hear(ask.user)]
        people = User.objects.filter(pk__in={ask.user.pk for ask in own}, is_active=True)
        known = set(people.filter(who_may_enter(desk)).values_list("pk", flat=True))
        allowed += [ask for ask in own if ask.user.pk in known]
    return allowed


def how_it_stands(_user: Any, key: str) -> Mapping[str, Any]:
    """Give what is announced now, the newest first, in one query: not from what is kept for pages,
    which may be older than the stream. ``at`` is this moment: browsers' clocks may be wrong."""
    now = timezone.now()
    here = [host for host in HOSTS if room_of_house(host) == room_name(HOUSE, key)]
    rows = Announcement.objects.ending_after(now).filter(starts_at__lte=now)
    shown = rows.filter(Q(hosts=[]) | Q(hosts__overlap=here))[:MOST_READ]
    announcements = [schema(Announced)(_announced(row)) for row in shown]
    return {"at": now.isoformat(), "announcements": announcements}


register(
    RoomKind(
        name=HOUSE,
        events=(Announced, AnnouncementEnded),
        allowed=who_hears,
        snapshot=how_it_stands,
        keep_for=KEPT_FOR,
        keep_at_most=MOST_KEPT,
    )
)
