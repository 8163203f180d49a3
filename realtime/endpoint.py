"""The channel layer in one event loop: its two connections, its channels and groups."""

from __future__ import annotations

import asyncio
import logging
import time
import zlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from realtime import stored
from realtime.drops import Drops
from realtime.errors import NotConnected, RealtimeError
from realtime.hearing import Hearing
from realtime.link import Link
from realtime.listener import PROBE_LIMIT, Hearer, Listener
from realtime.mailbox import CLOSED, Mailboxes
from realtime.sender import MOST_IN_PAYLOADS, Sender
from realtime.sweeping import Sweeper
from realtime.wire import Kind, frame, new_name, payload
from realtime.workers import Workers

logger = logging.getLogger(__name__)

#: What a worker gives back waits this many seconds, whatever its channel holds.
GIVEN_BACK_FOR, NO_LIMIT = 60.0, 2**31 - 1


@dataclass(frozen=True)
class Settings:
    """What an endpoint is told by its layer; times are seconds."""

    conninfo: str
    prefix: str
    buckets: int
    expiry: float
    group_expiry: float
    capacity_of: Callable[[str], int]


class Endpoint:
    """One event loop's part of the layer. ``name`` is in the names of its channels."""

    def __init__(self, settings: Settings, *, now: Callable[[], float] = time.monotonic) -> None:
        self.settings = settings
        self.loop = asyncio.get_running_loop()
        self.name = new_name()
        self.drops = Drops(now)
        self._on_resumed: list[Callable[[], None]] = []
        self._groups_at = [
            f"{settings.prefix}_group_{number}".encode() for number in range(settings.buckets)
        ]
        self._only_group = self._groups_at[0] if settings.buckets == 1 else b""
        self.work = f"{settings.prefix}_work".encode()
        self.boxes = Mailboxes(
            capacity_of=settings.capacity_of,
            expiry=settings.expiry,
            group_expiry=settings.group_expiry,
            now=now,
            dropped=self.drops,
        )
        self.sender = Sender(self.name, self._connect_sender)
        self.workers = Workers(
            take=lambda channel: stored.take(self.sender, self._stored_name(channel)),
            give_back=self._give_back,
            is_closed=lambda: self.sender.is_closed,
        )
        self.hearing = self._make_hearing()
        self._listener: Listener | None = None
        self._channels = 0
        self._tasks: set[asyncio.Task[None]] = set()
        #: Of those who flush here, until that is heard.
        self._flushes: deque[asyncio.Future[None]] = deque()
        self.sweeper = Sweeper(self.boxes, self.sender)

    # --- what the layer asks -----------------------------------------------------------------

    @property
    def is_ready(self) -> bool:
        """Does this loop hear, or come back by itself?"""
        return self._listener is not None and self._listener.is_ready

    async def ready(self) -> None:
        """Wait until this loop hears. Raises what keeps it from hearing."""
        if self.sender.is_closed:
            raise NotConnected(CLOSED)
        if self._listener is None:
            self._listener = self._listen()
        listener = self._listener
        try:
            await listener.ready()
        except RealtimeError:
            if self._listener is listener:  # and not one that somebody else began meanwhile
                self._listener = None
            raise

    def new_channel(self, prefix: str) -> str:
        self._channels += 1
        return f"{prefix}.{self.name}!{self._channels:x}"

    def group_send(self, group: str, body: bytes) -> Awaitable[None]:
        to = self._only_group or self._groups_at[zlib.crc32(group.encode()) % len(self._groups_at)]
        return self._say(to, Kind.GROUP, group, body)

    def send(self, channel: str, body: bytes) -> Awaitable[None]:
        return self._say(self._inbox(endpoint_of(channel)), Kind.CHANNEL, channel, body)

    def _say(self, to: bytes, kind: Kind, name: str, body: bytes) -> Awaitable[None]:
        if len(body) <= MOST_IN_PAYLOADS:
            text = frame(kind, name, body)
            if len(text) <= MOST_IN_PAYLOADS:
                return self.sender.say(to, text)
        return self._store(to, kind, name, body)

    async def queue(self, channel: str, body: bytes) -> bool:
        """Send to a workers' channel; False where it is full."""
        return await self._queue(
            channel, body, self.settings.expiry, self.settings.capacity_of(channel)
        )

    async def tell(self, endpoint: str, kind: Kind, *fields: Any) -> None:
        """Send a frame to one endpoint."""
        await self.sender.say(self._inbox(endpoint), frame(kind, *fields))

    async def flush(self) -> None:
        """Forget all of this prefix. What was said before is heard before, and forgotten as well."""
        await stored.empty(self.sender, self._stored_name(""))
        heard: asyncio.Future[None] = self.loop.create_future()
        self._flushes.append(heard)
        try:
            # Everybody LISTENs to each of them.
            await self.sender.say(self._groups_at[0], frame(Kind.FLUSH, self.name))
            if self.is_ready:
                await asyncio.wait([heard], timeout=PROBE_LIMIT)
        finally:
            if not heard.done():
                self._flushes.remove(heard)
                self.boxes.clear()

    async def listen_to(self, channel: str, hearer: Hearer) -> None:
        if self._listener is not None:
            await self._listener.listen_to(channel, hearer)

    def on_resumed(self, listener: Callable[[], None]) -> None:
        """Have ``listener`` called when this loop hears again after it did not."""
        self._on_resumed.append(listener)

    @property
    def reconnects(self) -> int:
        return self._listener.reconnects if self._listener else 0

    def close(self) -> None:
        """Close both connections. Whoever waits is told ``NotConnected``."""
        self.sweeper.close()
        for task in self._tasks:
            task.cancel()
        self.hearing.close()
        if self._listener:
            self._listener.close()
        self.sender.close()
        self.boxes.close()
        self.workers.wake_all()

    def abandon(self) -> None:
        """Close the connections of a loop that has ended and can be asked nothing any more."""
        self.sender.abandon()
        if self._listener:
            self._listener.abandon()

    # --- sending -----------------------------------------------------------------------------

    def _inbox(self, endpoint: str) -> bytes:
        return f"{self.settings.prefix}_inbox_{endpoint}".encode()

    def _stored_name(self, channel: str) -> str:
        return f"{self.settings.prefix}:{channel}"

    async def _store(self, to: bytes, kind: Kind, name: str, body: bytes) -> None:
        key = stored.new_key()
        await stored.store(
            self.sender,
            key=key,
            body=body,
            expiry=self.settings.expiry,
            notify=(to, self._payload(frame(Kind.STORED, int(kind), name, key))),
        )

    async def _queue(self, channel: str, body: bytes, expiry: float, capacity: int) -> bool:
        message = stored.ForWorkers(self._stored_name(channel), body, expiry, capacity)
        woken = (self.work, self._payload(frame(Kind.CHANNEL, channel)))
        return await stored.queue(self.sender, message, notify=woken)

    async def _give_back(self, channel: str, body: bytes) -> None:
        await self._queue(channel, body, GIVEN_BACK_FOR, NO_LIMIT)

    def _payload(self, text: bytes) -> bytes:
        return payload(self.name, self.sender.next_number(), [text])

    # --- hearing -----------------------------------------------------------------------------

    def _make_hearing(self) -> Hearing:
        return Hearing(
            {
                Kind.GROUP: self._to_group,
                Kind.CHANNEL: self._to_channel,
                Kind.ADD: self.boxes.join,
                Kind.DISCARD: self.boxes.leave,
                Kind.FLUSH: self._flushed,
                Kind.PROBE: lambda: None,
            },
            wants=lambda kind, name: kind != Kind.GROUP or self.boxes.knows(name),
            fetch=lambda key: stored.read(self.sender, key),
            dropped=self.drops,
        )

    def _listen(self) -> Listener:
        names = [*self._groups_at, self._inbox(self.name), self.work]
        return Listener(
            self._connect_listener,
            [name.decode() for name in names],
            hear=self.hearing.hear,
            probe=lambda: self.tell(self.name, Kind.PROBE),
            lost=self.hearing.forget_parts,
            resumed=self._resumed,
        )

    async def _connect_sender(self, lost: Callable[[], None]) -> Link:
        return await Link.connect(
            self.settings.conninfo,
            name=f"realtime sender {self.name}",
            on_notify=_ignore,
            on_lost=lost,
        )

    async def _connect_listener(
        self, notified: Callable[[bytes, bytes], None], lost: Callable[[], None]
    ) -> Link:
        return await Link.connect(
            self.settings.conninfo,
            name=f"realtime listener {self.name}",
            on_notify=notified,
            on_lost=lost,
        )

    def _to_group(self, group: str, body: bytes) -> None:
        self.boxes.deliver_to_group(group, body)
        for channel in self.boxes.workers_of(group):
            self._do(self._to_workers(channel, body))

    def _to_channel(self, channel: str, body: bytes | None = None) -> None:
        if body is None:
            self.workers.wake(channel)
        else:
            self.boxes.deliver(channel, body)

    async def _to_workers(self, channel: str, body: bytes) -> None:
        try:
            taken = await self.queue(channel, body)
        except Exception as error:  # noqa: BLE001 - nobody waits for this one
            logger.warning("A group's message for %s is lost: %s", channel, error)
            taken = False
        if not taken:
            self.drops(channel)

    def _flushed(self, by: str) -> None:
        if by != self.name:
            self.boxes.clear()
        elif self._flushes:  # else it has waited too long, and what it was told since is to stay
            self.boxes.clear()
            self._flushes.popleft().set_result(None)

    def _resumed(self) -> None:
        self.workers.wake_all()
        for listener in self._on_resumed:
            try:
                listener()
            except Exception:
                logger.exception("Somebody could not be told that the channel layer is back.")

    def _do(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def endpoint_of(channel: str) -> str:
    """Give the name of the endpoint that a channel belongs to."""
    return channel.partition("!")[0].rpartition(".")[2]


def _ignore(_channel: bytes, _text: bytes) -> None:
    """The sender's connection LISTENs to nothing."""
