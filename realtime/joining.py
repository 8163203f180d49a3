"""How somebody comes into rooms: may they, what did they miss, and from then on everything once.

Those who come together are asked for together: one query for each kind of room, and one for what all
of them have missed.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import DatabaseError

from realtime import metrics, protocol
from realtime.asking import Asking, Unavailable, in_thread
from realtime.connection import Connection
from realtime.feed import Feed
from realtime.frames import JoinRoom
from realtime.hub import Held, Hub
from realtime.protocol import Message, Why
from realtime.reading import Caught, Position
from realtime.rooms import Ask, kind_of, split
from realtime.stream_errors import UnknownRoom
from realtime.streams import REVOCATIONS

logger = logging.getLogger(__name__)

#: A stream that begins anew while somebody joins is read again, this many times.
TRIES: Final = 3

#: Somebody (a user of the project, or an ``AnonymousUser``) and a room.
Wish = tuple[Any, str]


@dataclass
class Entry:
    """Somebody on their way into one room."""

    connection: Connection
    wanted: JoinRoom
    held: Held = field(default_factory=Held)

    @property
    def room(self) -> str:
        return self.wanted.room

    @property
    def since(self) -> Position | None:
        since = self.wanted.since
        return Position(since.epoch, since.offset) if since else None


class Joining:
    """The way into the rooms of one hub. Needs the feed, and gives back rooms that are empty."""

    def __init__(self, hub: Hub, feed: Feed) -> None:
        self._hub, self._feed = hub, feed
        self._gatherer: Asking[list[Entry], None] = Asking(self._join_all)
        hub.on_empty = lambda room: feed.unfollow(room, hub)

    async def join(self, connection: Connection, rooms: Iterable[JoinRoom]) -> None:
        """Lead a connection into rooms: each is answered by ``joined`` or ``refused``."""
        wanted = {one.room: one for one in rooms}
        entries: list[Entry] = []
        for one in wanted.values():
            if why := self._refusal(connection, one.room, len(entries)):
                self._refuse(connection, one.room, why)
            else:
                entries.append(Entry(connection, one))
        if not entries:
            return
        try:
            await self._gatherer.ask(entries)
        except Unavailable:
            for entry in entries:
                self._hub.leave(connection, entry.room)
                self._refuse(connection, entry.room, Why.UNAVAILABLE)

    def _refusal(self, connection: Connection, room: str, more: int) -> Why | None:
        if not is_room(room):
            return Why.UNKNOWN
        is_new = room not in connection.rooms
        if is_new and len(connection.rooms) + more >= self._hub.limits.rooms_per_socket:
            return Why.TOO_MANY_ROOMS
        return None

    def _refuse(self, connection: Connection, room: str, why: Why) -> None:
        metrics.REFUSED.add(why=why.value)
        connection.send(protocol.refused(room, why))

    async def _join_all(self, batch: Sequence[list[Entry]]) -> list[None]:
        # Held from before the right is asked: whose right ends meanwhile is found among them.
        entries = [entry for asked in batch for entry in asked if self._hub.has(entry.connection)]
        for entry in entries:
            entry.held = self._hub.hold(entry.connection, entry.room)
        for _try in range(TRIES):
            if not entries:
                return [None] * len(batch)
            entries = await self._try(entries)
        for entry in entries:
            self._give_up(entry, Why.UNAVAILABLE)
        return [None] * len(batch)

    async def _try(self, entries: list[Entry]) -> list[Entry]:
        """Lead in all that can be; give those whose stream began anew meanwhile."""
        may = await in_thread(allowed, [(one.connection.caller.user, one.room) for one in entries])
        welcome = []
        for entry, is_allowed in zip(entries, may, strict=True):
            if is_allowed:
                welcome.append(entry)
            else:
                self._give_up(entry, Why.NOT_ALLOWED)
        await self._follow({entry.room for entry in welcome})
        caught = await self._feed.catch_up([(entry.room, entry.since) for entry in welcome])
        lost = [
            (entry.connection.caller.user, entry.room)
            for entry, past in zip(welcome, caught, strict=True)
            if not past.recovered
        ]
        states = iter(await in_thread(snapshots, lost) if lost else ())
        again = []
        for entry, past in zip(welcome, caught, strict=True):
            state = None if past.recovered else next(states)
            if state is None and not past.recovered:
                self._give_up(entry, Why.UNAVAILABLE)
            elif not self._let_in(entry, past, state):
                again.append(entry)
        return again

    def _let_in(self, entry: Entry, past: Caught, state: Mapping[str, Any] | None) -> bool:
        """Tell somebody the past, and let them in; False where it has to be read again."""
        connection, room = entry.connection, entry.room
        if not self._hub.is_held(connection, room, entry.held):
            self._refuse(connection, room, Why.NOT_ALLOWED)  # the right ended meanwhile
            return True
        if entry.held.is_broken:
            entry.held = self._hub.hold(connection, room)
            return False
        try:
            told = _joined(room, past, state)
        except Exception:
            logger.exception("What happened in %s cannot be told again.", room)
            self._give_up(entry, Why.UNAVAILABLE)
            return True
        connection.send(told)
        (connection.quiet.add if entry.wanted.quiet else connection.quiet.discard)(room)
        self._hub.release(connection, room, past.position.offset)
        return True

    async def _follow(self, rooms: Collection[str]) -> None:
        # Together: the feed reads where all of them stand with one query.
        follows = (self._follow_one(room) for room in rooms)
        # To the end of all: one that ran on after a failure would note as followed what has been given
        # up, and whoever came next would hear nothing.
        for failure in await asyncio.gather(*follows, return_exceptions=True):
            if failure is not None:
                raise failure

    async def _follow_one(self, room: str) -> None:
        here = self._hub.rooms.get(room)
        if here is None or here.is_followed:
            return
        await self._feed.follow(room, self._hub)
        here = self._hub.rooms.get(room)
        if here is None:
            self._feed.unfollow(room, self._hub)
        else:
            here.is_followed = True

    def _give_up(self, entry: Entry, why: Why) -> None:
        self._hub.leave(entry.connection, entry.room)
        self._refuse(entry.connection, entry.room, why)


def _joined(room: str, past: Caught, state: Mapping[str, Any] | None) -> Message:
    epoch, offset = past.position
    if state is not None:
        return protocol.joined(room, epoch, offset, state)
    retold = kind_of(room).retold
    told = retold(past.events) if retold else past.events
    events = [protocol.event(room, epoch, one) for one in told]
    return protocol.recovered(room, epoch, offset, events)


def is_room(room: str) -> bool:
    """Is this the name of a room that clients may ask for?"""
    try:
        kind_of(room)
    except UnknownRoom:
        return False
    return room != REVOCATIONS


def allowed(wishes: Sequence[Wish]) -> list[bool]:
    """May they? One call of each kind's ``allowed``; synchronous. A kind with a fault allows nothing,
    and is no matter of the others; raises ``DatabaseError`` where the database cannot be asked."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    asks = []
    for number, (user, room) in enumerate(wishes):
        name, key = split(room)
        by_kind[name].append(number)
        asks.append(Ask(user, key))
    may = [False] * len(wishes)
    for numbers in by_kind.values():
        kind = kind_of(wishes[numbers[0]][1])
        try:
            granted = kind.allowed([asks[number] for number in numbers])
        except DatabaseError:
            raise
        except Exception:
            logger.exception("Who may join rooms of the kind %s cannot be said.", kind.name)
            continue
        # By identity: two asks of one person may come from sessions that differ.
        known = {id(ask) for ask in granted}
        for number in numbers:
            may[number] = id(asks[number]) in known
    return may


def snapshots(wishes: Sequence[Wish]) -> list[Mapping[str, Any] | None]:
    """Give each room's state as this person may see it, or None where its kind has a fault;
    synchronous. Visitors are all the same: those of one batch are told what one of them was. Raises
    ``DatabaseError`` where the database cannot be asked."""
    states: list[Mapping[str, Any] | None] = []
    of_visitors: dict[str, Mapping[str, Any] | None] = {}
    for user, room in wishes:
        if user.pk is not None:
            states.append(_snapshot(user, room))
            continue
        if room not in of_visitors:
            of_visitors[room] = _snapshot(user, room)
        states.append(of_visitors[room])
    return states


def _snapshot(user: Any, room: str) -> Mapping[str, Any] | None:
    try:
        return kind_of(room).snapshot(user, split(room)[1])
    except DatabaseError:
        raise
    except Exception:
        logger.exception("The state of %s cannot be told.", room)
        return None
