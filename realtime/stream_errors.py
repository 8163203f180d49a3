"""Why something was not published, or not read: each says what, which, and what to do next.

These are faults of programs, not of people, so they are not translated.
"""

from __future__ import annotations

from django.db import DatabaseError

from realtime.errors import RealtimeError


class StreamError(RealtimeError):
    """The base of what streams raise."""


class UnknownRoom(StreamError, LookupError):
    """No kind of room is registered under this name, or the name is none."""

    def __init__(self, room: object) -> None:
        super().__init__(
            f"{room!r} is no room. A room is `kind` or `kind.key`; register its kind with "
            "realtime.rooms.register() in AppConfig.ready()."
        )


class BadKind(StreamError, ValueError):
    """A kind of room was registered that cannot work; the text says why."""


class BadEvent(StreamError, ValueError):
    """An event that its room does not know, or whose fields are not what they are declared as."""


class TooMuchPublished(StreamError):
    """A transaction publishes more than one statement should write."""


class NotInTransaction(StreamError, DatabaseError):
    """Events belong to the transaction that they tell of."""

    def __init__(self, room: str) -> None:
        super().__init__(
            f"Something was published to {room} outside of a transaction. Put publish() and what it "
            "tells of into one `with transaction.atomic():`, or use apublish()."
        )


class WrongBackend(StreamError, DatabaseError):
    """The database connection does not write events at its commit."""

    def __init__(self, alias: str) -> None:
        super().__init__(
            f"The database {alias!r} cannot carry streams. Set its ENGINE to 'realtime.backend'."
        )


class WrongIsolation(StreamError, DatabaseError):
    """Offsets follow the order of commits only where each statement sees what was committed."""

    def __init__(self) -> None:
        super().__init__(
            "publish() needs READ COMMITTED, and this transaction is isolated more strictly. Publish "
            "in a transaction of the default isolation."
        )


class NotWritten(StreamError, DatabaseError):
    """The events of a transaction could not be written, so that it was rolled back."""
