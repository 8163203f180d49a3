"""Follows streams for one event loop: whoever follows a room here is told each of its events once, in
order, without gaps, whatever the channel layer lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from realtime.reading import Caught, Position, Stored


class Follower(Protocol):
    """Who is told; called in the feed's event loop, and must not block it."""

    def events(self, room: str, epoch: str, events: Sequence[Stored]) -> None:
        """What happened next in a room."""

    def transient(self, room: str, kind: str, data: Mapping[str, Any]) -> None:
        """A message that leaves no trace."""

    def restarted(self, room: str, epoch: str) -> None:
        """The stream does not go on where it was (another epoch, or more is missing than is kept):
        who was in the room is to join it again."""


class Feed:
    """One event loop's. ``await Feed.here()`` gives it.

    To let somebody join a room without a gap or a repetition: follow the room; put them among those
    who are told of it, holding back what comes for them; ``catch_up``; give them that; then let go
    what was held back, without offsets up to the position that they were given.
    """

    @classmethod
    async def here(cls) -> Feed:
        """Give the feed of the running event loop, which is made when it is first asked for. Raises
        ``NotConnected`` where the channel layer cannot be reached."""
        raise NotImplementedError

    async def follow(self, room: str, follower: Follower) -> Position:
        """Have a follower told of everything in a room after the position that this gives; what comes
        at once may be told before the caller runs on. Following again changes nothing."""
        raise NotImplementedError

    def unfollow(self, room: str, follower: Follower) -> None:
        """Tell this follower nothing more of a room. The room is remembered for a while."""
        raise NotImplementedError

    async def catch_up(self, asks: Sequence[tuple[str, Position | None]]) -> list[Caught]:
        """Give what is missing after each position, in the order of ``asks``: from memory where it
        reaches back that far, else from the table, one query for all that ask within some
        milliseconds. Raises ``django.db.DatabaseError`` where the table cannot be asked."""
        raise NotImplementedError

    async def close(self) -> None:
        """Stop following."""
        raise NotImplementedError
