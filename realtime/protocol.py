"""The words between a page and the server: JSON text frames, over a WebSocket at ``PATH`` or as
server-sent events. ``docs/realtime/protocol.md`` says the same for people; a test holds the two
together.

The client sends one object in each frame (``realtime.frames``), and the server sends an array of
messages: what has gathered within a tick travels together.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from realtime.reading import Stored

#: Where the socket, the events and what their readers say are found, on every host.
PATH: Final = "/realtime/"
EVENTS_PATH: Final = "/realtime/events/"
SAY_PATH: Final = "/realtime/say/"

#: What WebSockets (RFC 6455, section 7.4) keep for the programs that speak over them begins at 4000.
COME_BACK: Final = range(4000, 4400)
STAY_AWAY: Final = range(4400, 5000)

#: Characters of a room's name, its kind and the dot included: what `models.Room` takes.
LONGEST_ROOM: Final = 80


class Close(IntEnum):
    """Why the server ends a socket. From 4000 to 4399 the client comes back, from 4400 it does not."""

    #: The server restarts: come back, to another instance.
    RESTARTING = 1012
    #: The server came upon an error of its own.
    FAILED = 4000
    #: The session has ended or become another: come back as whoever the cookie says now.
    SESSION_ENDED = 4001
    #: An operator ended this one: come back.
    ENDED_BY_OPERATOR = 4002
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


def event(room: str, epoch: str, stored: Stored) -> Message:
    """An event. The first of a room brings the epoch, which an empty room does not have."""
    begins = {"epoch": epoch} if stored.offset == 1 else {}
    return {
        "is": "event",
        "room": room,
        **begins,
        "offset": stored.offset,
        "kind": stored.kind,
        "at": stored.at,
        "data": stored.data,
    }


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
