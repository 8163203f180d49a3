"""Kinds of rooms for tests with several instances, in whatever process imports this."""

from __future__ import annotations

from datetime import timedelta

from realtime.rooms import RoomKind, known_kinds, register
from tests.realtime.rooms_of_tests import HALL, Counted, empty, everybody

__all__ = ["HALL", "LOBBY"]

#: A room in which one sees who is there.
LOBBY = RoomKind(
    name="lobby",
    events=(Counted,),
    allowed=everybody,
    snapshot=empty,
    keep_for=timedelta(days=1),
    keep_at_most=10_000,
    shows_presence=True,
)
if "lobby" not in known_kinds():
    register(LOBBY)
