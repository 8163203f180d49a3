"""A kind of room for tests, in whatever process imports this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from realtime.events import Event
from realtime.rooms import Ask, RoomKind, known_kinds, register


@dataclass(frozen=True)
class Counted(Event):
    """Somebody has counted to ``n``."""

    n: int
    by: str = ""


@dataclass(frozen=True)
class Waved(Event):
    """A hand was seen."""

    hand: str


def everybody(asks: Sequence[Ask]) -> Sequence[Ask]:
    return asks


def empty(_user: Any, key: str) -> Mapping[str, Any]:
    return {"key": key}


HALL = RoomKind(
    name="hall",
    events=(Counted,),
    transients=(Waved,),
    allowed=everybody,
    snapshot=empty,
    keep_for=timedelta(days=7),
    keep_at_most=1000,
)
if "hall" not in known_kinds():
    register(HALL)
