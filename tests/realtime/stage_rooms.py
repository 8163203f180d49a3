"""Rooms of tests that run against a real server and a real database: one for each way to decide."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from realtime import rooms
from realtime.events import Event
from realtime.rooms import Ask, RoomKind


@dataclass(frozen=True)
class ThingDone(Event):
    number: int


@dataclass(frozen=True)
class Talked(Event):
    sent: float
    by: str


def everybody(asks: Sequence[Ask]) -> Collection[Ask]:
    return asks


def oneself(asks: Sequence[Ask]) -> Collection[Ask]:
    return [ask for ask in asks if str(ask.user.pk) == ask.key]


def those_with_the_role(asks: Sequence[Ask]) -> Collection[Ask]:
    """Who has the role that the room is named after; one query for all."""
    from sites.accounts.models import User

    people = {ask.user.pk for ask in asks if ask.user.pk}
    pairs = set(
        User.objects.filter(pk__in=people, is_active=True).values_list("pk", "groups__name")
    )
    return [ask for ask in asks if (ask.user.pk, ask.key.replace("_", " ")) in pairs]


def those_with_second_factor(asks: Sequence[Ask]) -> Collection[Ask]:
    return [ask for ask in asks if getattr(ask.user, "used_second_factor", False)]


def readers_of_the_book(asks: Sequence[Ask]) -> Collection[Ask]:
    """Whoever may see the book; one query for all strangers."""
    from django.contrib.auth.models import AnonymousUser

    from sites.books.models import Book

    keys = {ask.key for ask in asks if ask.key.isdigit()}
    open_to_all = set(
        Book.objects.visible_to(AnonymousUser()).filter(pk__in=keys).values_list("pk", flat=True)
    )
    return [ask for ask in asks if ask.key.isdigit() and int(ask.key) in open_to_all]


def nothing(_user: Any, _key: str) -> Mapping[str, Any]:
    return {}


def talk(_user: Any, _key: str, data: Mapping[str, Any]) -> Event:
    return Talked(sent=float(data["sent"]), by=str(data.get("by", ""))[:20])


def _kind(name: str, allowed: Any) -> RoomKind:
    return RoomKind(
        name=name,
        events=(ThingDone,),
        transients=(Talked,),
        allowed=allowed,
        snapshot=nothing,
        keep_for=timedelta(hours=1),
        keep_at_most=1000,
        said_by_clients={"talk": talk},
    )


KINDS = (
    _kind("stage_open", everybody),
    _kind("stage_self", oneself),
    _kind("stage_role", those_with_the_role),
    _kind("stage_factor", those_with_second_factor),
    _kind("stage_book", readers_of_the_book),
)


@contextmanager
def stage_rooms() -> Iterator[None]:
    """Have these kinds in this process for the length of the block."""
    for kind in KINDS:
        rooms.register(kind)
    try:
        yield
    finally:
        for kind in KINDS:
            del rooms._kinds[kind.name]
