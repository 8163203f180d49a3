"""What a room's stream holds after a position: one statement for many rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS


class Position(NamedTuple):
    """A place in a room's stream: everything up to ``offset`` is known. The epoch of a room in which
    nothing was ever published is empty, and its offset 0."""

    epoch: str
    offset: int


class Stored(NamedTuple):
    """An event as it was committed; ``at`` is ISO 8601 in UTC."""

    offset: int
    kind: str
    at: str
    data: dict[str, Any]


class Caught(NamedTuple):
    """What somebody missed in a room, who is then at ``position``. Where it is not ``recovered``
    (nothing was asked for, too much is missing, it is no longer kept, or the epoch is another),
    ``events`` is empty and the room's snapshot is to be given: never a silent part."""

    room: str
    position: Position
    recovered: bool
    events: tuple[Stored, ...]


def read_since(
    asks: Sequence[tuple[str, Position | None]], *, using: str = DEFAULT_DB_ALIAS
) -> list[Caught]:
    """Give what each room's stream holds after a position, in the order of ``asks``; synchronous.

    Rooms are not checked: ask only for rooms that somebody may join.
    """
    raise NotImplementedError
