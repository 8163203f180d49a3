"""The last step: from a room to the sockets of this process.

A room's message arrives once in each process, is encoded once, and is written to every socket
directly. A channel, a queue or a task of its own for each socket of each message was measured to be
thirty times slower (docs/devops/websocket-scaling-without-redis.md).
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from realtime import metrics, protocol
from realtime.connection import Connection
from realtime.limits import Limits
from realtime.protocol import Message, Why

if TYPE_CHECKING:
    from realtime.reading import Stored

#: Seconds in which messages gather for one frame: less than anybody notices, and half of what it
#: costs to write each by itself when many talk.
TICK: Final = 0.010


class Watcher(Protocol):
    """Who wants to know of connections; called in the hub's loop, and returns at once.

    ``joined`` comes when ``joined`` is queued for the client, also for a fresh join of a room that it
    was in. ``closed`` comes once, with ``connection.rooms`` as they were, and without a ``left`` for
    each of them.
    """

    def opened(self, connection: Connection) -> None: ...
    def joined(self, connection: Connection, room: str) -> None: ...
    def left(self, connection: Connection, room: str) -> None: ...
    def closed(self, connection: Connection) -> None: ...


@dataclass
class Held:
    """What arrived for somebody who is joining, until they have been given the past."""

    events: list[tuple[int, str]] = field(default_factory=list)
    #: The stream began anew, or more arrived than can be kept: read the past again.
    is_broken: bool = False


@dataclass
class RoomHere:
    """One room's connections in this process."""

    live: set[Connection] = field(default_factory=set)
    held: dict[Connection, Held] = field(default_factory=dict)
    #: Up to which offset those have been told who read further than the feed has come.
    ahead: dict[Connection, int] = field(default_factory=dict)
    is_followed: bool = False


class Hub:
    """All connections of one event loop, by room. ``Hub.here()`` gives this loop's.

    ``on_empty`` is called with a room's name when nobody is in it any more.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.loop = asyncio.get_running_loop()
        self.rooms: dict[str, RoomHere] = {}
        self.on_empty: Callable[[str], None] = lambda room: None
        self._connections: dict[str, Connection] = {}
        self._watchers: list[Watcher] = []
        self._woken: list[Connection] = []

    @classmethod
    def here(cls) -> Hub:
        """Give the hub of the running loop."""
        loop = asyncio.get_running_loop()
        hub = _hubs.get(loop)
        if hub is None:
            hub = _hubs[loop] = cls(Limits.configured())
        return hub

    def watch(self, watcher: Watcher) -> None:
        """Have a watcher told from now on."""
        self._watchers.append(watcher)

    def connections(self) -> list[Connection]:
        return list(self._connections.values())

    def has(self, connection: Connection) -> bool:
        """Is it open?"""
        return connection.id in self._connections

    def members(self, room: str) -> list[Connection]:
        """Give the connections that have joined a room in this process."""
        here = self.rooms.get(room)
        return list(here.live) if here else []

    def to_room(self, room: str, message: Message) -> None:
        """Write a ready message to all connections of this process in a room."""
        here = self.rooms.get(room)
        if here and here.live:
            _to_all(here.live, protocol.encode(message))

    # --- connections come and go -------------------------------------------------------------

    def open(self, connection: Connection) -> None:
        self._connections[connection.id] = connection
        for watcher in self._watchers:
            watcher.opened(connection)

    def shut(self, connection: Connection) -> None:
        """Forget a connection that has ended."""
        if self._connections.pop(connection.id, None) is None:
            return
        connection.lost()
        for room in {*connection.rooms, *connection.entering}:
            self._forget(connection, room)
        for watcher in self._watchers:
            watcher.closed(connection)

    def hold(self, connection: Connection, room: str) -> Held:
        """Let somebody join, and keep back what comes for them until ``release``."""
        here = self.rooms.setdefault(room, RoomHere())
        here.live.discard(connection)
        here.ahead.pop(connection, None)
        held = here.held[connection] = Held()
        connection.entering.add(room)
        return held

    def release(self, connection: Connection, room: str, until: int) -> None:
        """Somebody has been told all up to the offset ``until``: let go what was kept back."""
        here = self.rooms[room]
        held = here.held.pop(connection)
        connection.entering.discard(room)
        for offset, encoded in held.events:
            if offset > until:
                connection.queue(encoded)
        here.live.add(connection)
        if not held.events or held.events[-1][0] < until:
            here.ahead[connection] = until
        connection.rooms.add(room)
        for watcher in self._watchers:
            watcher.joined(connection, room)

    def is_held(self, connection: Connection, room: str, held: Held) -> bool:
        """Is somebody still joining, as they were when ``held`` was given?"""
        here = self.rooms.get(room)
        return here is not None and here.held.get(connection) is held

    def leave(self, connection: Connection, room: str, why: Why | None = None) -> None:
        """Take a connection out of a room; it is told ``why``, unless it asked for it."""
        was_in = room in connection.rooms
        connection.rooms.discard(room)
        connection.quiet.discard(room)
        connection.entering.discard(room)
        self._forget(connection, room)
        if not was_in:
            return
        if why is not None:
            connection.send(protocol.left(room, why))
        for watcher in self._watchers:
            watcher.left(connection, room)

    def _forget(self, connection: Connection, room: str) -> None:
        here = self.rooms.get(room)
        if here is None:
            return
        here.live.discard(connection)
        here.held.pop(connection, None)
        here.ahead.pop(connection, None)
        if not here.live and not here.held:
            del self.rooms[room]
            self.on_empty(room)

    # --- what the feed calls -----------------------------------------------------------------

    def events(self, room: str, epoch: str, events: Sequence[Stored]) -> None:
        here = self.rooms.get(room)
        if here is None:
            return
        for one in events:
            self._event(here, one.offset, protocol.encode(protocol.event(room, epoch, one)))

    def transient(self, room: str, kind: str, data: Mapping[str, Any]) -> None:
        self.to_room(room, protocol.transient(room, kind, data))

    def restarted(self, room: str, epoch: str) -> None:
        here = self.rooms.get(room)
        if here is None:
            return
        here.ahead.clear()
        for held in here.held.values():
            held.is_broken = True
        _to_all(here.live, protocol.encode(protocol.restarted(room, epoch)))

    def _event(self, here: RoomHere, offset: int, encoded: str) -> None:
        told: set[Connection] = set()
        if here.ahead:
            told = {one for one, until in here.ahead.items() if offset <= until}
            here.ahead = {one: until for one, until in here.ahead.items() if offset < until}
        _to_all(here.live - told if told else here.live, encoded)
        for held in here.held.values():
            held.events.append((offset, encoded))
            held.is_broken |= len(held.events) > self.limits.queued_messages

    # --- the tick ----------------------------------------------------------------------------

    def wake(self, connection: Connection) -> None:
        """Have a connection's messages written at the end of the tick."""
        if not self._woken:
            self.loop.call_later(TICK, self._tick)
        self._woken.append(connection)

    def _tick(self) -> None:
        woken, self._woken = self._woken, []
        frames: dict[tuple[str, ...], str] = {}
        for connection in woken:
            connection.flush(frames)


def _to_all(connections: Iterable[Connection], encoded: str) -> None:
    # A copy: whoever is found to be too slow leaves while the others are told.
    receivers = tuple(connections)
    for connection in receivers:
        connection.queue(encoded)
    metrics.DELIVERIES.add(len(receivers))


_hubs: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = weakref.WeakKeyDictionary()
