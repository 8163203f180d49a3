"""A Channels layer on PostgreSQL's LISTEN and NOTIFY: no other server, nothing to clean up.

The promise is that of Channels: at most once, first in first out for each sender. Who belongs to
which group is known in the memory of each process alone; a message to a group is one NOTIFY however
many members it has, and each process hands it on to its own.
"""

from __future__ import annotations

import asyncio
import os
import threading
import weakref
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

from realtime.configuration import check_options, default_conninfo
from realtime.endpoint import Endpoint, Settings, endpoint_of
from realtime.errors import ForeignChannel, NotConnected
from realtime.home import home
from realtime.listener import Hearer
from realtime.notices import group_notice
from realtime.wire import Kind, pack

#: Messages from one event loop before it gets connections of its own: code that is not asynchronous
#: comes with a new loop for each message, and connecting takes longer than all else.
BECOMES_RESIDENT: Final = 3
#: Seconds for the process's own loop to close what it holds.
CLOSE_LIMIT: Final = 5.0

#: What an endpoint is asked, and the words that go with it.
Say = Callable[..., Awaitable[Any]]


class PostgresChannelLayer(BaseChannelLayer):  # type: ignore[misc]  # Channels carries no types
    """Configured by these words in ``CHANNEL_LAYERS``:

    - ``conninfo``: libpq's, of a connection that is not pooled by transaction; by default
      ``settings.DIRECT_DATABASE``, else Django's default database
    - ``capacity``: messages that wait in one channel, above which they are dropped (100)
    - ``channel_capacity``: the same by patterns of channels' names
    - ``expiry``: seconds that a message waits (60); ``group_expiry``: of a membership (86,400)
    - ``buckets``: NOTIFY channels over which groups are spread (1); more only for many processes
      that each care for few groups, since packing works within one
    - ``prefix``: of the names of NOTIFY channels, for two layers in one database ("realtime")
    """

    extensions: Final = ["groups", "flush"]

    def __init__(  # noqa: PLR0913 - the words of a configuration, each with a default
        self,
        conninfo: str = "",
        *,
        capacity: int = 100,
        channel_capacity: Mapping[Any, int] | None = None,
        expiry: float = 60,
        group_expiry: float = 86_400,
        buckets: int = 1,
        prefix: str = "realtime",
    ) -> None:
        check_options(capacity, expiry, group_expiry, buckets, prefix)
        super().__init__(expiry=expiry, capacity=capacity)
        self.channel_capacity = self.compile_capacities(channel_capacity or {})
        self.group_expiry = group_expiry
        self._conninfo, self._buckets, self._prefix = conninfo, buckets, prefix
        self._forget()
        _layers.add(self)

    # --- the interface of Channels ---------------------------------------------------------

    async def new_channel(self, prefix: str = "specific") -> str:
        """Give a channel of this event loop, which hears from now on. Raises ``NotConnected``,
        ``PooledByTransaction`` and ``WrongEncoding`` where it cannot."""
        endpoint = await self._resident()
        return endpoint.new_channel(prefix)

    async def send(self, channel: str, message: Mapping[str, Any]) -> None:
        """Send to one channel. Raises ``ChannelFull`` for a workers' channel over its capacity,
        ``NotConnected``, and ``TypeError`` for a bad name or message."""
        self.require_valid_channel_name(channel)
        body = _body(message)
        if "!" in channel:
            self._require_own(channel)
            await self._speak(Endpoint.send, channel, body)
        elif not await self._speak(Endpoint.queue, channel, body):
            raise ChannelFull

    async def receive(self, channel: str) -> Any:
        """Wait for the next message of a channel: one of this process, or a workers'. Raises
        ``ForeignChannel`` for another's, and ``NotConnected`` once the layer is closed."""
        known = self._endpoints.get(asyncio.get_running_loop())
        if known is not None and known.boxes.find(channel) is not None:
            return await known.boxes.receive(channel)
        self.require_valid_channel_name(channel)
        endpoint = await self._resident()
        if "!" not in channel:
            return await endpoint.workers.receive(channel)
        if endpoint_of(channel) != endpoint.name:
            raise ForeignChannel(channel)
        return await endpoint.boxes.receive(channel)

    async def group_add(self, group: str, channel: str) -> None:
        await self._membership(Kind.ADD, group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        await self._membership(Kind.DISCARD, group, channel)

    async def group_send(self, group: str, message: Mapping[str, Any]) -> None:
        """Send to every member of a group, in every process. Raises ``NotConnected``, and
        ``TypeError`` for a bad name or message."""
        self.require_valid_group_name(group)
        body = _body(message)
        endpoint = self._endpoints.get(asyncio.get_running_loop())
        if endpoint is not None:
            await endpoint.group_send(group, body)
        else:
            await self._speak(Endpoint.group_send, group, body)

    async def flush(self) -> None:
        """Forget every message and membership of this prefix, in all processes."""
        await self._speak(Endpoint.flush)

    async def close(self) -> None:
        """Close this loop's connections; whoever waits is told ``NotConnected``."""
        with self._lock:
            endpoint = self._endpoints.pop(asyncio.get_running_loop(), None)
        if endpoint:
            endpoint.close()

    # --- beyond Channels -------------------------------------------------------------------

    async def on_resumed(self, listener: Callable[[], None]) -> None:
        """Have ``listener`` called each time that this loop hears again after its connection was
        lost: what was said meanwhile is not heard again."""
        (await self._resident()).on_resumed(listener)

    async def listen_to(self, channel: str, hearer: Hearer) -> None:
        """Have ``hearer`` told of every NOTIFY on a further channel, whoever said it, for as long as
        this loop hears; by the connection that there is. Raises ``NotConnected``."""
        await (await self._resident()).listen_to(channel, hearer)

    def groups_say(
        self, messages: Sequence[tuple[str, Mapping[str, Any]]]
    ) -> list[Awaitable[None]]:
        """Begin to send each message to its group, as ``group_send`` does, in this order and together,
        in a loop that hears already. Raises ``NotConnected`` where the loop has no connection of its
        own, and ``TypeError``; what it gives ends as ``group_send``."""
        endpoint = self._endpoints.get(asyncio.get_running_loop())
        if endpoint is None:
            raise NotConnected("This event loop has not been heard yet.")
        with endpoint.sender.together():
            return [endpoint.group_send(group, _body(message)) for group, message in messages]

    def notice(self, group: str, message: Mapping[str, Any]) -> tuple[str, str]:
        """Give the NOTIFY channel and the payload that tell a group a short message, for code that
        has a database connection and no event loop. Raises ``ValueError`` for a message that does
        not fit into one payload, and ``TypeError`` as ``group_send``."""
        self.require_valid_group_name(group)
        return group_notice(self._prefix, self._buckets, group, _body(message))

    def counts(self) -> dict[str, int]:
        """Give what this process has seen: dropped messages, reconnects, statements sent."""
        endpoints = list(self._endpoints.values())
        return {
            "dropped": sum(one.drops.total for one in endpoints),
            "reconnects": sum(one.reconnects for one in endpoints),
            "statements": sum(one.sender.statements for one in endpoints),
        }

    # ---------------------------------------------------------------------------------------

    async def _membership(self, kind: Kind, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        if "!" not in channel:
            # A workers' channel is nobody's own: the loop that lives as long as the process hands
            # the group's messages on, once.
            await self._at_home(self._change, kind, group, channel)
            return
        name = endpoint_of(channel)
        endpoint = self._endpoints.get(asyncio.get_running_loop())
        if endpoint is not None and endpoint.name == name:
            _change(endpoint, kind, group, channel)
            return
        self._require_own(channel)
        await self._speak(Endpoint.tell, name, kind, group, channel)

    async def _change(self, endpoint: Endpoint, kind: Kind, group: str, channel: str) -> None:
        await endpoint.ready()
        _change(endpoint, kind, group, channel)

    async def _resident(self) -> Endpoint:
        """Give this loop's endpoint, once it hears."""
        loop = asyncio.get_running_loop()
        endpoint = self._endpoints.get(loop) or self._endpoint(loop)
        if not endpoint.is_ready:
            await endpoint.ready()
        return endpoint

    async def _speak(self, say: Say, *words: Any) -> Any:
        """Have something said by this loop's endpoint, or, for a loop that has hardly said anything
        yet, by the process's own."""
        loop = asyncio.get_running_loop()
        endpoint = self._endpoints.get(loop)
        if endpoint is None:
            with self._lock:
                said = self._said[loop] = self._said.get(loop, 0) + 1
            if said < BECOMES_RESIDENT:
                return await self._at_home(say, *words)
            endpoint = self._endpoint(loop)
        return await say(endpoint, *words)

    async def _at_home(self, do: Say, *words: Any) -> Any:
        """Have something done by the endpoint of the process's own loop."""

        async def at_home() -> Any:
            return await do(self._endpoint(asyncio.get_running_loop()), *words)

        self._let_go()
        return await asyncio.wrap_future(home().run(at_home()))

    def _endpoint(self, loop: asyncio.AbstractEventLoop) -> Endpoint:
        self._let_go()
        with self._lock:
            endpoint = self._endpoints.get(loop)
            if endpoint is None:
                endpoint = self._endpoints[loop] = Endpoint(self._settings())
                self._said.pop(loop, None)
        return endpoint

    def _let_go(self) -> None:
        """Let go of the connections of loops that have ended."""
        with self._lock:
            for gone in [loop for loop in self._endpoints if loop.is_closed()]:
                self._endpoints.pop(gone).abandon()

    def _settings(self) -> Settings:
        return Settings(
            conninfo=self._conninfo or default_conninfo(),
            prefix=self._prefix,
            buckets=self._buckets,
            expiry=self.expiry,
            group_expiry=self.group_expiry,
            capacity_of=self.get_capacity,
        )

    def _require_own(self, channel: str) -> None:
        name = endpoint_of(channel)
        if len(name) != 12 or not name.isalnum():
            raise ForeignChannel(channel)

    def _forget(self) -> None:
        """Begin without connections."""
        self._lock = threading.Lock()
        self._endpoints: dict[asyncio.AbstractEventLoop, Endpoint] = {}
        self._said: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, int]
        self._said = weakref.WeakKeyDictionary()


def _change(endpoint: Endpoint, kind: Kind, group: str, channel: str) -> None:
    change = endpoint.boxes.join if kind == Kind.ADD else endpoint.boxes.leave
    change(group, channel)


def _body(message: Mapping[str, Any]) -> bytes:
    if not isinstance(message, Mapping):
        raise TypeError(f"A message is a dict; this is {type(message).__name__}.")
    return pack(message)


def close_all() -> None:
    """Close all layers' connections in loops of their own and in ended ones: what the process's own
    loop holds would keep a test's database from being dropped."""
    for layer in list(_layers):
        layer._let_go()
        home().run(layer.close()).result(CLOSE_LIMIT)


_layers: weakref.WeakSet[PostgresChannelLayer] = weakref.WeakSet()
#: What a child process got from its parent. To let go of it would close the parent's connections and
#: change what the parent's loops wait for.
_inherited: list[Any] = []


def _after_fork() -> None:
    for layer in _layers:
        _inherited.append((layer._endpoints, layer._said))
        layer._forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
