"""What the product sends through: events that are committed with what they tell of, and messages that
need not last.

``publish`` belongs to the caller's transaction. Nothing committed is lost, nothing rolled back is
sent; offsets of a room are gapless and in the order of commits (docs/realtime/streams.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import DEFAULT_DB_ALIAS

from realtime.events import Event
from realtime.reading import Caught, Position, Stored, read_since

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

#: The room that every instance with sockets follows; nobody joins it from outside.
REVOCATIONS: Final = "revocations"


@dataclass(frozen=True)
class Revoked(Event):
    """Somebody's right to be connected, or to be in a room, has ended: who is meant by any of these is
    to be asked again. ``session`` is a digest (``session_digest``)."""

    user_id: int | None
    session: str
    room: str


def publish(room: str, event: Event, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Tell a room of an event, when and if the caller's transaction commits.

    Raises ``NotInTransaction``, ``UnknownRoom``, ``BadEvent`` (not of this room, a field of the wrong
    type, or too large), ``TooMuchPublished``, ``WrongIsolation`` and ``WrongBackend``. What fails at
    the commit fails the transaction, as ``django.db.DatabaseError``.
    """
    raise NotImplementedError


async def apublish(room: str, event: Event, *, using: str = DEFAULT_DB_ALIAS) -> None:
    """The same from asynchronous code, in a transaction of its own."""
    raise NotImplementedError


def transient(room: str, message: Event) -> None:
    """Tell those who are in a room now, at once, whatever becomes of a transaction. It leaves no row,
    may be lost, and raises only ``UnknownRoom`` and ``BadEvent``."""
    raise NotImplementedError


async def atransient(room: str, message: Event) -> None:
    """The same from asynchronous code."""
    raise NotImplementedError


def revoke(*, user_id: int | None = None, session: str = "", room: str = "") -> None:
    """End what a person (all their connections), a session (by its key), or everybody in a room is
    connected to, unless they are still allowed; within the caller's transaction."""
    raise NotImplementedError


def session_digest(session_key: str) -> str:
    """Give what stands for a session's key where the key itself must not stand."""
    raise NotImplementedError
