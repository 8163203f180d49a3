"""What the product sends through: events that are committed with what they tell of, and messages that
need not last.

``publish`` belongs to the caller's transaction. Nothing committed is lost, nothing rolled back is
sent; offsets of a room are gapless and in the order of commits (docs/realtime/streams.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from asgiref.sync import sync_to_async
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg import IsolationLevel

from realtime import wake
from realtime.events import Event, encode, kind_name
from realtime.gathering import Gathered, Gathering
from realtime.reading import Caught, Position, Stored, read_since
from realtime.rooms import Ask, RoomKind, kind_of, register
from realtime.stream_errors import BadEvent, NotInTransaction, WrongBackend, WrongIsolation

__all__ = [
    "REVOCATIONS",
    "Caught",
    "Event",
    "Position",
    "Revoked",
    "Stored",
    "apublish",
    "atransient",
    "publish",
    "read_since",
    "revoke",
    "session_digest",
    "transient",
]

#: Isolations under which two publishers of one room would fail by chance.
STRICTER: Final = (IsolationLevel.REPEATABLE_READ, IsolationLevel.SERIALIZABLE)
#: The room that every instance with sockets follows; nobody joins it from outside.
REVOCATIONS: Final = "revocations"
#: Rooms in one revocation: of the longest names (``rooms.LONGEST_ROOM``) they fit into one event.
ROOMS_AT_ONCE: Final = 100


@dataclass(frozen=True)
class Revoked(Event):
    """Somebody's right to be connected, or to be in a room, has ended: who is meant by any of these is
    to be asked again. ``session`` is a digest (``session_digest``)."""

    user_id: int | None
    session: str
    room: str
    #: More rooms, as of a book's chapters.
    rooms: tuple[str, ...] = ()


def publish(room: str, event: Event, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Tell a room of an event, when and if the caller's transaction commits.

    Raises ``NotInTransaction``, ``UnknownRoom``, ``BadEvent`` (not of this room, a field of the wrong
    type, or too large), ``TooMuchPublished``, ``WrongIsolation`` and ``WrongBackend``. What fails at
    the commit fails the transaction, as ``django.db.DatabaseError``.
    """
    kind = kind_of(room)
    if type(event) not in kind.events:
        raise BadEvent(_not_of(kind, event, "events"))
    connection = connections[using]
    gathered: Gathering | None = getattr(connection, "gathered", None)
    if gathered is None:
        raise WrongBackend(using)
    if not connection.in_atomic_block:
        raise NotInTransaction(room)
    # What OPTIONS say. An isolation that the transaction set by itself is found at the commit.
    if connection.settings_dict["OPTIONS"].get("isolation_level") in STRICTER:
        raise WrongIsolation
    gathered.add(Gathered(room, kind_name(type(event)), encode(event)))


async def apublish(room: str, event: Event, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """The same from asynchronous code, in a transaction of its own."""
    await sync_to_async(_publish_alone)(room, event, using)


def _publish_alone(room: str, event: Event, using: str) -> None:
    with transaction.atomic(using=using):
        publish(room, event, using=using)


def transient(room: str, message: Event) -> None:
    """Tell those who are in a room now, at once, whatever becomes of a transaction. It leaves no row,
    may be lost, and raises only ``UnknownRoom`` and ``BadEvent``."""
    wake.say_now(_transient(room, message))


async def atransient(room: str, message: Event) -> None:
    """The same from asynchronous code."""
    wake.say_now(_transient(room, message))


def revoke(
    *,
    user_id: int | None = None,
    session: str = "",
    room: str = "",
    rooms: Iterable[str] = (),
) -> None:
    """Have those asked again whose right to be connected may have ended, within the caller's
    transaction: a person (all their connections), a session (by its key), or everybody in a room, or
    in any of several. Who is no longer allowed is sent away within a second on every instance that
    hears."""
    several = tuple(rooms)
    if user_id is None and not session and not room and not several:
        raise ValueError("revoke() needs a user_id, a session or a room.")
    digest = session_digest(session) if session else ""
    first, others = several[:ROOMS_AT_ONCE], several[ROOMS_AT_ONCE:]
    publish(REVOCATIONS, Revoked(user_id=user_id, session=digest, room=room, rooms=first))
    for start in range(0, len(others), ROOMS_AT_ONCE):
        more = others[start : start + ROOMS_AT_ONCE]
        publish(REVOCATIONS, Revoked(user_id=None, session="", room="", rooms=more))


def session_digest(session_key: str) -> str:
    """Give what stands for a session's key where the key itself must not stand. (A key is random and
    long, so that nobody finds it from its digest.)"""
    return hashlib.sha256(b"realtime session " + session_key.encode()).hexdigest()[:32]


def _transient(room: str, message: Event) -> wake.Message:
    kind = kind_of(room)
    if type(message) not in kind.transients:
        raise BadEvent(_not_of(kind, message, "transients"))
    return {
        "type": wake.TRANSIENT,
        "room": room,
        "kind": kind_name(type(message)),
        "data": encode(message),
    }


def _not_of(kind: RoomKind, event: object, which: str) -> str:
    known = ", ".join(one.__name__ for one in getattr(kind, which)) or "none"
    return (
        f"{type(event).__name__} is none of the {which} of {kind.name!r} ({known}). Add it there."
    )


def _nobody(_asks: Sequence[Ask]) -> list[Ask]:
    return []


def _nothing(_user: object, _key: str) -> dict[str, object]:
    return {}


register(
    RoomKind(
        name=REVOCATIONS,
        events=(Revoked,),
        allowed=_nobody,
        snapshot=_nothing,
        # An instance that has heard nothing for a day has been swept long ago.
        keep_for=timedelta(days=1),
        keep_at_most=5_000,
    )
)
