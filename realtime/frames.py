"""What a client says: one object in each frame, which is read strictly."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from realtime.errors import RealtimeError
from realtime.protocol import LONGEST_ROOM

#: Offsets are PostgreSQL's ``bigint``.
LARGEST_OFFSET: Final = 2**63 - 1
#: Characters of an epoch, a UUID in any spelling, and of the kind of what a client says.
LONGEST_EPOCH: Final = 40
LONGEST_KIND: Final = 40
#: What a client numbers its frames with: JavaScript counts exactly as far as this.
LARGEST_NUMBER: Final = 2**53 - 1


class MalformedFrame(RealtimeError):
    """A client sent what this protocol does not know; the text says what is wrong."""


@dataclass(frozen=True)
class Since:
    """Up to where a client knows a room: everything with a higher offset is new to it."""

    epoch: str
    offset: int


@dataclass(frozen=True)
class JoinRoom:
    """One room to join; who is ``quiet`` hears it and is not among those who have it open."""

    room: str
    since: Since | None = None
    quiet: bool = False


@dataclass(frozen=True)
class Join:
    rooms: tuple[JoinRoom, ...]


@dataclass(frozen=True)
class Leave:
    rooms: tuple[str, ...]


@dataclass(frozen=True)
class Say:
    room: str
    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    n: int | None = None


@dataclass(frozen=True)
class Ping:
    n: int


Frame = Join | Leave | Say | Ping


def parse(text: str) -> Frame:
    """Read a client's frame. Raises ``MalformedFrame`` for whatever is not one.

    Unknown fields are refused as well, so that a newer client finds out that it has met an older
    server.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedFrame("A frame is a JSON object.") from None
    if not isinstance(given, dict):
        raise MalformedFrame("A frame is a JSON object.")
    read = _FRAMES.get(given.pop("do", None)) if isinstance(given.get("do"), str) else None
    if read is None:
        raise MalformedFrame(f"`do` is one of {', '.join(sorted(_FRAMES))}.")
    return read(given)


def _join(given: dict[str, Any]) -> Join:
    rooms = _take_list(given)
    return Join(tuple(parse_room(room) for room in rooms))


def parse_room(given: Any) -> JoinRoom:
    """Read one entry of ``rooms``: ``{"room": …, "since": {"epoch": …, "offset": …}}``. Raises
    ``MalformedFrame``."""
    if not isinstance(given, dict):
        raise MalformedFrame("`rooms` holds objects with `room`, and `since` where it is known.")
    given = dict(given)
    room = _room(given.pop("room", None))
    since, quiet = _since(given.pop("since", None)), given.pop("quiet", False)
    if not isinstance(quiet, bool):
        raise MalformedFrame("`quiet` is true or false.")
    _nothing_else(given)
    return JoinRoom(room, since, quiet)


def _since(given: Any) -> Since | None:
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) != {"epoch", "offset"}:
        raise MalformedFrame("`since` holds `epoch` and `offset`.")
    # Empty for a room in which nothing has ever happened.
    epoch = given["epoch"] and _text(given["epoch"], "epoch", LONGEST_EPOCH)
    if not isinstance(epoch, str):
        raise MalformedFrame("`epoch` is a text.")
    return Since(epoch, _number(given["offset"], "offset", LARGEST_OFFSET))


def _leave(given: dict[str, Any]) -> Leave:
    return Leave(tuple(_room(room) for room in _take_list(given)))


def _say(given: dict[str, Any]) -> Say:
    room = _room(given.pop("room", None))
    kind = _text(given.pop("kind", None), "kind", LONGEST_KIND)
    data = given.pop("data", {})
    if not isinstance(data, dict):
        raise MalformedFrame("`data` is an object.")
    n = given.pop("n", None)
    _nothing_else(given)
    return Say(room, kind, data, None if n is None else _number(n, "n", LARGEST_NUMBER))


def _ping(given: dict[str, Any]) -> Ping:
    n = _number(given.pop("n", None), "n", LARGEST_NUMBER)
    _nothing_else(given)
    return Ping(n)


_FRAMES: Final[dict[str, Callable[[dict[str, Any]], Frame]]] = {
    "join": _join,
    "leave": _leave,
    "say": _say,
    "ping": _ping,
}


def _take_list(given: dict[str, Any]) -> list[Any]:
    rooms = given.pop("rooms", None)
    _nothing_else(given)
    if not isinstance(rooms, list) or not rooms:
        raise MalformedFrame("`rooms` is a list of at least one.")
    return rooms


def _room(given: Any) -> str:
    return _text(given, "room", LONGEST_ROOM)


def _text(given: Any, name: str, longest: int) -> str:
    # Names are printed in logs and sent to PostgreSQL, which takes no NUL and no lone surrogate.
    fits = isinstance(given, str) and 0 < len(given) <= longest
    if not fits or not given.isascii() or not given.isprintable():
        raise MalformedFrame(f"`{name}` is a text of 1 to {longest} printable ASCII characters.")
    return str(given)


def _number(given: Any, name: str, largest: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= largest:
        raise MalformedFrame(f"`{name}` is a whole number from 0 to {largest}.")
    return given


def _nothing_else(given: Mapping[str, Any]) -> None:
    if given:
        raise MalformedFrame(f"Nobody knows the field `{min(given)[:40]}`.")
