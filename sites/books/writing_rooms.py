"""The rooms of those who write: ``writing.9`` is of one chapter.

Imported when somebody first publishes or joins (``sites.books.apps``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from realtime.events import Event
from realtime.presence import person, show_people_by
from realtime.rooms import Ask, RoomKind, register, room_name
from sites.accounts.models import User
from sites.books.asks_of_editors import asks_of_editors
from sites.books.leases import Lease, lease_of
from sites.books.models import Chapter
from sites.row_key import row_key

#: Who was away for longer is told how things stand.
KEPT_FOR: Final = timedelta(days=1)
MOST_KEPT: Final = 100
WRITING: Final = "writing"


@dataclass(frozen=True)
class LeaseTaken(Event):
    """Somebody may write, and the others may not: ``person`` as presence calls them, ``page`` the
    open page of theirs, ``left`` seconds until it ends unless it is renewed."""

    number: int
    person: str
    name: str
    page: str
    left: int


@dataclass(frozen=True)
class LeaseAsked(Event):
    """Somebody would like to write; they get it when its holder hands it over or rests."""

    number: int
    person: str
    name: str


@dataclass(frozen=True)
class LeaseKept(Event):
    """Its holder was asked for it, and goes on writing."""

    number: int


@dataclass(frozen=True)
class LeaseGivenBack(Event):
    """Nobody is writing any more."""

    number: int


@dataclass(frozen=True)
class ChapterStored(Event):
    """The chapter says something else than before: ``version`` is its ``updated_at``."""

    version: datetime
    person: str
    name: str


def room_of_writing(chapter: int) -> str:
    return room_name(WRITING, chapter)


def taken(lease: Lease) -> LeaseTaken:
    """Tell a lease that somebody holds."""
    assert lease.holder  # noqa: S101 - the callers have given it to somebody
    return LeaseTaken(
        number=lease.number,
        person=person(lease.holder.pk),
        name=lease.holder.name,
        page=lease.page,
        left=round(lease.left),
    )


def lease_data(lease: Lease) -> dict[str, Any]:
    """Give a lease as pages get it; ``person`` is empty where nobody writes."""
    holder, asked = lease.holder if lease.is_alive else None, lease.asked_by
    return {
        "number": lease.number,
        "person": person(holder.pk) if holder else "",
        "name": holder.name if holder else "",
        "page": lease.page if holder else "",
        "left": lease.left if holder else 0,
        "asked": {"person": person(asked.pk), "name": asked.name} if asked and holder else None,
    }


def may_write(asks: Sequence[Ask]) -> Collection[Ask]:
    """Give the asks for chapters that the askers may edit, in one query. The house's own people must
    have used their second factor."""
    return asks_of_editors(asks, Chapter.objects.all(), book="book")


def how_it_stands(_user: Any, key: str) -> Mapping[str, Any]:
    """Give who writes, and the newest version."""
    chapter = Chapter.objects.only("pk", "updated_at").filter(pk=row_key(key) or 0).first()
    if chapter is None:
        return {"lease": None, "version": ""}
    return {"lease": lease_data(lease_of(chapter)), "version": chapter.updated_at.isoformat()}


def people_shown(asks: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Mapping[str, Any]]:
    """Name people to those who write with them, and nowhere else: readers are counted."""
    asked = [(room, key) for room, key in asks if room.startswith(f"{WRITING}.")]
    if not asked:
        return {}
    names = dict(User.objects.filter(pk__in={key for _, key in asked}).values_list("pk", "name"))
    return {(room, key): {"name": names[key]} for room, key in asked if key in names}


show_people_by(people_shown)
register(
    RoomKind(
        name=WRITING,
        events=(LeaseTaken, LeaseAsked, LeaseKept, LeaseGivenBack, ChapterStored),
        allowed=may_write,
        snapshot=how_it_stands,
        keep_for=KEPT_FOR,
        keep_at_most=MOST_KEPT,
        shows_presence=True,
    )
)
