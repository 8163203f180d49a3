"""The words between a page and the server: JSON text frames, over a WebSocket at ``PATH`` or as
server-sent events. ``docs/realtime/protocol.md`` says the same for people; a test holds the two
together.

The client sends one object in each frame, and the server sends an array of messages: what has
gathered within a tick travels together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Final

from realtime.errors import RealtimeError

#: Where the socket, the events and what their readers say are found, on every host.
PATH: Final = "/realtime/"
EVENTS_PATH: Final = "/realtime/events/"
SAY_PATH: Final = "/realtime/say/"

#: What WebSockets (RFC 6455, section 7.4) keep for the programs that speak over them begins at 4000.
COME_BACK: Final = range(4000, 4400)
STAY_AWAY: Final = range(4400, 5000)

#: Characters of a room's name, its kind and the dot included: what `models.Room` takes.
LONGEST_ROOM: Final = 80
#: Offsets are PostgreSQL's ``bigint``.
LARGEST_OFFSET: Final = 2**63 - 1
#: Characters of an epoch, a UUID in any spelling, and of the kind of what a client says.
LONGEST_EPOCH: Final = 40
LONGEST_KIND: Final = 40
#: What a client numbers its frames with: JavaScript counts exactly as far as this.
LARGEST_NUMBER: Final = 2**53 - 1


class Close(IntEnum):
    """Why the server ends a socket. From 4000 to 4399 the client comes back, from 4400 it does not."""

    #: The server restarts: come back, to another instance.
    RESTARTING = 1012
    #: The server could not look up who is there, or came upon an error of its own.
    FAILED = 4000
    #: The session has ended or become another: come back as whoever the cookie says now.
    SESSION_ENDED = 4001
    #: The client read too slowly; what it missed comes from the streams.
    TOO_SLOW = 4008
    #: This person, or this address, has too many sockets open: come back in a while.
    TOO_MANY_SOCKETS = 4029
    #: Too many frames that are not of this protocol.
    MALFORMED = 4400
    #: A frame was longer than any that a client has reason to send.
    TOO_LARGE = 4413
    #: Frames came faster than any page has reason to send.
    TOO_FAST = 4429


class Why(StrEnum):
    """Why something was refused."""

    #: ``error``: no JSON object, or none with a known ``do``, or with fields of another form.
    MALFORMED = "malformed"
    #: ``refused``: the room is of no kind that there is.
    UNKNOWN = "unknown"
    #: ``refused`` and ``left``: this person may not (any longer) hear the room.
    NOT_ALLOWED = "not-allowed"
    #: ``refused``: this socket has as many rooms as it may have.
    TOO_MANY_ROOMS = "too-many-rooms"
    #: ``refused`` and ``error``: the database did not answer; ask again in a while.
    UNAVAILABLE = "unavailable"
    #: ``error``: something was said in a room that has not been joined.
    NOT_JOINED = "not-joined"
    #: ``error``: clients cannot say this in this room, or not with these data.
    NOT_SAYABLE = "not-sayable"


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
    epoch = _text(given["epoch"], "epoch", LONGEST_EPOCH)
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


# --- what the server says ----------------------------------------------------------------------

Message = dict[str, Any]


def welcome(connection: str, instance: str, *, signed_in: bool) -> Message:
    """The first message of every connection."""
    return {
        "is": "welcome",
        "connection": connection,
        "instance": instance,
        "signed_in": signed_in,
    }


def recovered(room: str, epoch: str, offset: int, events: Sequence[Message]) -> Message:
    """Joined, with everything since the client's position; ``events`` are ``event`` messages."""
    return {
        "is": "joined",
        "room": room,
        "epoch": epoch,
        "offset": offset,
        "recovered": True,
        "events": list(events),
    }


def joined(room: str, epoch: str, offset: int, snapshot: Mapping[str, Any]) -> Message:
    """Joined, with the room's state as of ``offset``: what the client knew is to be thrown away."""
    return {
        "is": "joined",
        "room": room,
        "epoch": epoch,
        "offset": offset,
        "recovered": False,
        "snapshot": snapshot,
    }


def refused(room: str, why: Why) -> Message:
    return {"is": "refused", "room": room, "why": why.value}


def event(room: str, offset: int, kind: str, at: str, data: Mapping[str, Any]) -> Message:
    return {"is": "event", "room": room, "offset": offset, "kind": kind, "at": at, "data": data}


def transient(room: str, kind: str, data: Mapping[str, Any]) -> Message:
    return {"is": "transient", "room": room, "kind": kind, "data": data}


def presence(room: str, count: int, **people: Sequence[Mapping[str, Any]]) -> Message:
    """Who has the room open: their number, and ``people``, or who ``came`` and who ``left`` since."""
    return {"is": "presence", "room": room, "count": count, **people}


def left(room: str, why: Why) -> Message:
    return {"is": "left", "room": room, "why": why.value}


def restarted(room: str, epoch: str) -> Message:
    """The stream begins anew: join again."""
    return {"is": "restarted", "room": room, "epoch": epoch}


def pong(n: int) -> Message:
    return {"is": "pong", "n": n}


def error(why: Why, n: int | None = None) -> Message:
    """A frame that was not obeyed; ``n`` is its number, where it had one."""
    return {"is": "error", "why": why.value} | ({} if n is None else {"n": n})


def encode(message: Mapping[str, Any]) -> str:
    """Write one message; once, for however many sockets."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def frame(encoded: Sequence[str]) -> str:
    """Put encoded messages into one frame."""
    return f"[{','.join(encoded)}]"
