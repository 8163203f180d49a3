"""Where connections of one event loop arrive: who is there, how many they may be, and their rooms."""

from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from realtime import protocol, sessions
from realtime.asking import Asking, in_thread
from realtime.connection import Connection
from realtime.feed import Feed
from realtime.hub import Hub
from realtime.instances import ensure_here
from realtime.joining import Joining
from realtime.limits import Bucket
from realtime.orders import ORDERS, Orders
from realtime.reporting import Reporting
from realtime.revoking import Revoking
from realtime.streams import REVOCATIONS

Scope = Mapping[str, Any]

#: Networks that say something over HTTP, each with its allowance; those at rest are forgotten beyond.
MOST_BUCKETS: Final = 1_000


@dataclass(frozen=True)
class Door:
    """What the project says of its connections.

    ``host_of`` gives the host that a connection asks for, or the HTTP status that refuses its name;
    it may read the database. ``origins`` are those of pages that may connect, exactly as browsers
    send them. ``network_of`` gives what one visitor commands: an address, or a network.
    ``recognise`` gives a user as rooms are to see them, from the user and their session's data.
    """

    host_of: Callable[[Scope], str | int]
    origins: Collection[str]
    network_of: Callable[[Scope], str]
    recognise: sessions.Recognise | None = None


class Reception:
    """One loop's. ``await Reception.here(door)`` gives it, once it hears."""

    def __init__(self, door: Door, hub: Hub, feed: Feed, instance: str) -> None:
        self.hub, self.feed = hub, feed
        self.joining = Joining(hub, feed)
        self.revoking = Revoking(hub, door.recognise)
        self.instance = instance
        self.by_network: Counter[str] = Counter()
        self.by_user: Counter[int] = Counter()
        self._buckets: dict[str, Bucket] = {}
        recognise = door.recognise

        async def users_of(keys: Sequence[str]) -> list[Any]:
            return list(await in_thread(sessions.users_of, keys, recognise))

        self._users: Asking[str, Any] = Asking(users_of)

    @classmethod
    async def here(cls, door: Door) -> Reception:
        """Give the running loop's. Raises ``NotConnected`` where the channel layer cannot be reached,
        and Django's ``DatabaseError``."""
        loop = asyncio.get_running_loop()
        opening = _openings.get(loop)
        if opening is None or (opening.done() and (opening.cancelled() or opening.exception())):
            opening = _openings[loop] = loop.create_task(cls._open(door))
        return await asyncio.shield(opening)

    @classmethod
    async def _open(cls, door: Door) -> Reception:
        feed = await Feed.here()
        instance = await ensure_here()
        reception = cls(door, Hub.here(), feed, instance.me.id)
        reception.hub.watch(Reporting(reception.hub))
        try:
            await feed.follow(REVOCATIONS, reception.revoking)
            await feed.follow(ORDERS, Orders(instance))
        except BaseException:
            reception.revoking.close()
            raise
        return reception

    async def user_of(self, session_key: str) -> Any:
        """Give whose session this is, or an ``AnonymousUser``. Raises ``Unavailable``."""
        if not session_key:
            return sessions.nobody()
        return await self._users.ask(session_key)

    def may_say(self, network: str, now: float) -> bool:
        """May something be said from there over HTTP, at this moment (in seconds)?"""
        limits = self.hub.limits
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets = {key: one for key, one in self._buckets.items() if not one.is_full(now)}
        bucket = self._buckets.get(network)
        if bucket is None:
            bucket = Bucket(limits.says_per_second, limits.say_burst, now)
            self._buckets[network] = bucket
        return bucket.take(now)

    @contextlib.contextmanager
    def open(self, connection: Connection, heard: int) -> Iterator[None]:
        """Have a connection among the others for the length of the block, and welcome it. ``heard``
        are the revocations up to the moment in which its user was looked up."""
        self.hub.open(connection)
        try:
            signed_in = connection.user_id is not None
            connection.send(protocol.welcome(connection.id, self.instance, signed_in=signed_in))
            if self.revoking.heard != heard:
                self.revoking.check([connection])
            yield
        finally:
            self.hub.shut(connection)

    @contextlib.contextmanager
    def counted(self, network: str, user_id: int | None) -> Iterator[bool]:
        """Count a connection for the length of the block; whether there is room for it."""
        limits = self.hub.limits
        has_room = self.by_network[network] < limits.sockets_per_address and (
            user_id is None or self.by_user[user_id] < limits.sockets_per_user
        )
        self.by_network[network] += 1
        if user_id is not None:
            self.by_user[user_id] += 1
        try:
            yield has_room
        finally:
            _discount(self.by_network, network)
            if user_id is not None:
                _discount(self.by_user, user_id)


def _discount(counter: Counter[Any], key: Any) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


_openings: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[Reception]]
_openings = weakref.WeakKeyDictionary()
