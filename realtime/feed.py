"""Follows streams for one event loop: whoever follows a room here is told each of its events once, in
order, without gaps, whatever the channel layer lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from channels.layers import get_channel_layer

from realtime import metrics
from realtime.ears import Ears
from realtime.errors import NotConnected
from realtime.followed import Followed, Next
from realtime.reader import Reader
from realtime.reading import MOST_CAUGHT_UP, Caught, Position, Stored, caught
from realtime.recent import Recent
from realtime.upkeep import LOOK_EVERY, Upkeep

logger = logging.getLogger(__name__)

#: Seconds that a room is followed after its last follower went: somebody who goes on to the next page,
#: or whose connection broke, is served from memory.
LINGER: Final = 60.0


class Follower(Protocol):
    """Who is told; called in the feed's event loop, and must not block it."""

    def events(self, room: str, epoch: str, events: Sequence[Stored]) -> None:
        """What happened next in a room."""

    def transient(self, room: str, kind: str, data: Mapping[str, Any]) -> None:
        """A message that leaves no trace."""

    def restarted(self, room: str, epoch: str) -> None:
        """The stream does not go on where it was (another epoch, or more is missing than is kept):
        who was in the room is to join it again."""


class _Room:
    """A followed room: what is known of it, who is told, and since when nobody is."""

    def __init__(self, name: str) -> None:
        self.followed = Followed(name)
        self.followers: list[Follower] = []
        self.left_at: float | None = None
        #: Ends when the room was read for the first time.
        self.begun: asyncio.Task[Position] | None = None


class Feed:
    """One event loop's. ``await Feed.here()`` gives it.

    To let somebody join a room without a gap or a repetition: follow the room; put them among those
    who are told of it, holding back what comes for them; ``catch_up``; give them that; then let go
    what was held back, without offsets up to the position that they were given.
    """

    def __init__(
        self, layer: Any, *, look_every: float = LOOK_EVERY, linger: float = LINGER
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._linger = linger
        self._rooms: dict[str, _Room] = {}
        self._recent = Recent()
        self._reader = Reader(most=MOST_CAUGHT_UP)
        self._ears = Ears(layer, self)
        self._upkeep = Upkeep(self, self._ears, self._reader, look_every=look_every)

    @classmethod
    async def here(cls) -> Feed:
        """Give the feed of the running event loop, which is made when it is first asked for. Raises
        ``NotConnected`` where the channel layer cannot be reached."""
        loop = asyncio.get_running_loop()
        for ended in [one for one in _feeds if one.is_closed()]:
            del _feeds[ended]
        making = _feeds.get(loop)
        if making is None:
            making = _feeds[loop] = asyncio.ensure_future(cls._make())
        try:
            return await asyncio.shield(making)
        except BaseException:
            if making.done() and (making.cancelled() or making.exception()):
                _feeds.pop(loop, None)
            raise

    @classmethod
    async def _make(cls) -> Feed:
        layer = get_channel_layer()
        if layer is None:
            raise NotConnected("There is no channel layer: set CHANNEL_LAYERS.")
        feed = cls(layer)
        await feed.start()
        return feed

    async def start(self) -> None:
        """Begin to hear. Raises ``NotConnected``."""
        await self._ears.start()
        self._upkeep.start()

    async def close(self) -> None:
        """Stop following; followers are told nothing more."""
        _feeds.pop(self._loop, None)
        self._rooms.clear()
        await self._upkeep.close()
        self._reader.close()
        await self._ears.close()

    # --- following ---------------------------------------------------------------------------

    async def follow(self, room: str, follower: Follower) -> Position:
        """Have a follower told of everything in a room after the position that this gives; what comes
        at once may be told before the caller runs on. Following again changes nothing. Raises
        ``django.db.DatabaseError`` where the table cannot be asked, and ``NotConnected``."""
        one = self._rooms.get(room)
        if one is None:
            one = self._rooms[room] = _Room(room)
            one.begun = asyncio.ensure_future(self._begin(one))
        one.left_at = None
        if follower not in one.followers:
            one.followers.append(follower)
        try:
            if one.begun is not None:
                return await asyncio.shield(one.begun)
        except BaseException:
            self.unfollow(room, follower)
            raise
        return one.followed.position

    def unfollow(self, room: str, follower: Follower) -> None:
        """Tell this follower nothing more of a room. The room is remembered for a while."""
        one = self._rooms.get(room)
        if one is not None and follower in one.followers:
            one.followers.remove(follower)
            if not one.followers:
                one.left_at = self._loop.time()

    async def _begin(self, one: _Room) -> Position:
        room = one.followed.room
        try:
            await self._ears.join(room)
            question = one.followed.question()
            found = await self._reader.ask(room, None)
        except BaseException:
            # Left first: whoever comes meanwhile fails with this one, and does not join what is left.
            await self._ears.leave(room)
            if self._rooms.get(room) is one:
                del self._rooms[room]
            raise
        one.begun = None
        told = one.followed.read(question, found)
        epoch, offset = one.followed.position
        self._tell(one, told)
        return Position(epoch, offset - len(told.events))

    # --- catching up -------------------------------------------------------------------------

    async def catch_up(self, asks: Sequence[tuple[str, Position | None]]) -> list[Caught]:
        """Give what is missing after each position, in the order of ``asks``: from memory where it
        reaches back that far, else from the table, one query for all that ask within some
        milliseconds. Raises ``django.db.DatabaseError`` where the table cannot be asked."""
        answers = [self._remembered(room, since) for room, since in asks]
        missing = [ask for ask, answer in zip(asks, answers, strict=True) if answer is None]
        read = iter(await self._read(missing) if missing else ())
        result = [answer or next(read) for answer in answers]
        for (_room, since), one in zip(asks, result, strict=True):
            if since is not None:
                metrics.RECOVERIES.add(recovered="true" if one.recovered else "false")
        return result

    def _remembered(self, room: str, since: Position | None) -> Caught | None:
        one = self._rooms.get(room)
        if one is None or not one.followed.is_known:
            return None
        now = one.followed.position
        if since is None:
            return Caught(room, now, recovered=False, events=())
        if since.epoch != now.epoch:
            return None
        events = self._recent.since(room, since.offset, now.offset)
        return None if events is None else Caught(room, now, recovered=True, events=events)

    async def _read(self, asks: Sequence[tuple[str, Position | None]]) -> list[Caught]:
        """Ask the table. What the feed itself lacks is read in the same statement, so that nobody is
        told by the feed afterwards what they have been given here."""
        own = [
            (one, one.followed.question())
            for room in dict.fromkeys(room for room, _since in asks)
            if (one := self._rooms.get(room)) is not None and one.followed.is_known
        ]
        asked = [*asks, *((one.followed.room, question.position) for one, question in own)]
        found = await asyncio.gather(*(self._reader.ask(*one) for one in asked))
        for (one, question), reading in zip(own, found[len(asks) :], strict=True):
            self._tell(one, one.followed.read(question, reading))
        answers = [caught(one, since) for one, (_room, since) in zip(found, asks, strict=False)]
        for answer in answers:
            there = self._rooms.get(answer.room)
            if there is not None and answer.position == there.followed.position:
                self._recent.prefill(answer.room, answer.events, answer.position.offset)
        return answers

    # --- what is heard ------------------------------------------------------------------------

    def hear(self, room: str, epoch: str, head: int, events: Sequence[Stored]) -> None:
        """A wake-up came."""
        one = self._rooms.get(room)
        if one is not None:
            self._tell(one, one.followed.hear(epoch, head, events))
            if one.followed.is_known and one.followed.lacks:
                self._upkeep.fill(room, at_once=not events)

    def hear_transient(self, room: str, kind: str, data: Mapping[str, Any]) -> None:
        """A message came that leaves no trace."""
        one = self._rooms.get(room)
        for follower in list(one.followers) if one else ():
            _call(follower.transient, room, kind, data)

    def look_soon(self) -> None:
        """Something may have been missed: compare with the table at once."""
        self._upkeep.look_soon()

    def known(self) -> dict[str, Followed]:
        """Give what is known of each room that has been read."""
        return {room: one.followed for room, one in self._rooms.items() if one.followed.is_known}

    async def refresh(self, rooms: Sequence[str]) -> None:
        """Read what is lacking of rooms, and tell it. Raises ``django.db.DatabaseError``."""
        asked = [
            (one, one.followed.question())
            for room in rooms
            if (one := self._rooms.get(room)) is not None
        ]
        found = await asyncio.gather(
            *(self._reader.ask(one.followed.room, question.position) for one, question in asked)
        )
        for (one, question), reading in zip(asked, found, strict=True):
            self._tell(one, one.followed.read(question, reading))

    async def forget_left(self) -> None:
        """Let go of rooms that nobody has followed for a while."""
        now = self._loop.time()
        for room, one in list(self._rooms.items()):
            if one.left_at is not None and now - one.left_at > self._linger:
                del self._rooms[room]
                self._recent.forget(room)
                await self._ears.leave(room)

    def _tell(self, one: _Room, told: Next) -> None:
        room, epoch = one.followed.room, one.followed.position.epoch
        if told.restarted:
            self._recent.forget(room)
            for follower in list(one.followers):
                _call(follower.restarted, room, epoch)
        if told.events:
            self._recent.add(room, told.events)
            for follower in list(one.followers):
                _call(follower.events, room, epoch, told.events)


def _call(tell: Callable[..., None], *words: Any) -> None:
    try:
        tell(*words)
    except Exception:
        logger.exception("A follower could not be told what happened in %s.", words[0])


_feeds: dict[asyncio.AbstractEventLoop, asyncio.Task[Feed]] = {}
