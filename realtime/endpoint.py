"""The channel layer in one event loop: its two connections, its channels and groups."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
import uuid
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from realtime import stored
from realtime.errors import RealtimeError
from realtime.link import Link
from realtime.listener import Listener
from realtime.mailbox import Mailboxes
from realtime.sender import MOST_IN_PAYLOADS, Sender
from realtime.wire import Kind, Payload, frame, payload, read, to_text
from realtime.workers import Workers

logger = logging.getLogger(__name__)

#: Seconds between two lines in the log about dropped messages.
TELL_EVERY: Final = 60.0
#: Seconds between two sweeps of the tables.
SWEEP_EVERY: Final = 30.0


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
        self.settings, self._now = settings, now
        self.loop = asyncio.get_running_loop()
        self.name = secrets.token_hex(6)
        self.dropped: Counter[str] = Counter()
        self._told = now()
        self._on_resumed: list[Callable[[], None]] = []
        self.boxes = Mailboxes(
            capacity_of=settings.capacity_of,
            expiry=settings.expiry,
            group_expiry=settings.group_expiry,
            now=now,
            dropped=self._dropped,
        )
        self.sender = Sender(self.name, self._connect_sender)
        self.workers = Workers(self.sender)
        self._listener: Listener | None = None
        self._channels = 0
        #: Frames of senders whose long message is being fetched, in order.
        self._held: dict[str, list[list[Any]]] = {}
        self._parts: dict[str, list[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweeping = self.loop.call_later(SWEEP_EVERY, self._sweep)

    # --- what the layer asks -----------------------------------------------------------------

    async def ready(self) -> None:
        """Wait until this loop hears. Raises what keeps it from hearing."""
        if self._listener is None:
            self._listener = Listener(
                self._connect_listener,
                [
                    *(self._group_channel(number) for number in range(self.settings.buckets)),
                    self.inbox(self.name),
                    self.work,
                ],
                hear=self._hear,
                probe=self._probe,
                resumed=self._resumed,
            )
        try:
            await self._listener.ready()
        except RealtimeError:
            self._listener = None
            raise

    def new_channel(self, prefix: str) -> str:
        self._channels += 1
        return f"{prefix}.{self.name}!{self._channels:x}"

    async def group_send(self, group: str, body: bytes) -> None:
        await self._say(self._group_channel(self._bucket(group)), Kind.GROUP, group, body)

    async def send(self, channel: str, body: bytes) -> None:
        await self._say(self.inbox(endpoint_of(channel)), Kind.CHANNEL, channel, body)

    async def queue(self, channel: str, body: bytes) -> bool:
        """Send to a workers' channel; False where it is full."""
        capacity = self.settings.capacity_of(channel)
        message = stored.ForWorkers(channel, body, self.settings.expiry, capacity)
        woken = (self.work.encode(), self._payload(frame(Kind.CHANNEL, channel)))
        return await stored.queue(self.sender, message, notify=woken)

    async def tell(self, endpoint: str, kind: Kind, *fields: Any) -> None:
        """Send a frame to one endpoint."""
        await self.sender.say(self.inbox(endpoint).encode(), frame(kind, *fields))

    async def flush(self) -> None:
        await stored.empty(self.sender)
        for number in range(self.settings.buckets):
            to = self._group_channel(number).encode()
            await self.sender.say(to, frame(Kind.FLUSH))
        self.boxes.clear()

    def on_resumed(self, listener: Callable[[], None]) -> None:
        """Have ``listener`` called when this loop hears again after it did not."""
        self._on_resumed.append(listener)

    @property
    def reconnects(self) -> int:
        return self._listener.reconnects if self._listener else 0

    def close(self) -> None:
        """Close both connections."""
        self._sweeping.cancel()
        for task in self._tasks:
            task.cancel()
        self.workers.close()
        if self._listener:
            self._listener.close()
        self.sender.close()

    def abandon(self) -> None:
        """Close the connections of a loop that has ended and can be asked nothing any more."""
        self.sender.abandon()
        if self._listener:
            self._listener.abandon()

    # --- names of NOTIFY channels --------------------------------------------------------------

    def inbox(self, endpoint: str) -> str:
        return f"{self.settings.prefix}_inbox_{endpoint}"

    @property
    def work(self) -> str:
        return f"{self.settings.prefix}_work"

    def _group_channel(self, bucket: int) -> str:
        return f"{self.settings.prefix}_group_{bucket}"

    def _bucket(self, group: str) -> int:
        buckets = self.settings.buckets
        return zlib.crc32(group.encode()) % buckets if buckets > 1 else 0

    # --- sending -----------------------------------------------------------------------------

    async def _say(self, to: str, kind: Kind, name: str, body: bytes) -> None:
        text = frame(kind, name, body)
        if len(text) <= MOST_IN_PAYLOADS:
            await self.sender.say(to.encode(), text)
            return
        key = str(uuid.uuid4())
        await stored.store(
            self.sender,
            key=key,
            body=body,
            expiry=self.settings.expiry,
            notify=(to.encode(), self._payload(frame(Kind.STORED, int(kind), name, key))),
        )

    def _payload(self, text: bytes) -> bytes:
        return payload(self.name, self.sender.next_number(), [text])

    async def _probe(self) -> None:
        await self.tell(self.name, Kind.PROBE)

    async def _connect_sender(self, lost: Callable[[], None]) -> Link:
        return await Link.connect(self.settings.conninfo, on_notify=_ignore, on_lost=lost)

    async def _connect_listener(
        self, notified: Callable[[bytes, bytes], None], lost: Callable[[], None]
    ) -> Link:
        return await Link.connect(self.settings.conninfo, on_notify=notified, on_lost=lost)

    # --- hearing -----------------------------------------------------------------------------

    def _hear(self, text: bytes) -> None:
        try:
            heard: Payload = read(text)
        except ValueError:
            logger.warning("A notification on the channel layer's channels is none of its own.")
            return
        held = self._held.get(heard.sender)
        if held is not None:
            held.extend(heard.frames)
            return
        self._take(heard.sender, heard.frames)

    def _take(self, sender: str, frames: list[list[Any]]) -> None:
        """Handle frames in order; what follows a long message waits until that is here."""
        for position, (kind, *fields) in enumerate(frames):
            if kind == Kind.STORED and self._wants(*fields[:2]):
                self._held[sender] = frames[position + 1 :]
                self._do(self._fetch(sender, *fields))
                return
            self._handle(sender, kind, fields)

    def _handle(self, sender: str, kind: int, fields: list[Any]) -> None:
        if kind == Kind.GROUP:
            self._to_group(*fields)
        elif kind == Kind.CHANNEL:
            self._to_channel(*fields)
        elif kind == Kind.PART:
            self._join_parts(sender, *fields)
        elif kind == Kind.ADD:
            self.boxes.join(*fields)
        elif kind == Kind.DISCARD:
            self.boxes.leave(*fields)
        elif kind == Kind.FLUSH:
            self.boxes.clear()
        elif kind == Kind.PROBE and self._listener:
            self._listener.heard_probe()

    def _to_group(self, group: str, body: bytes) -> None:
        for channel in self.boxes.members(group):
            if "!" in channel:
                self.boxes.deliver(channel, body)
            else:
                self._do(self._to_workers(channel, body))

    def _to_channel(self, channel: str, body: bytes | None = None) -> None:
        if body is None:
            self.workers.wake(channel)
        else:
            self.boxes.deliver(channel, body)

    async def _to_workers(self, channel: str, body: bytes) -> None:
        if not await self.queue(channel, body):
            self._dropped(channel)

    def _join_parts(self, sender: str, is_last: bool, piece: bytes) -> None:
        parts = self._parts.setdefault(sender, [])
        parts.append(piece)
        if is_last:
            del self._parts[sender]
            whole = payload(sender, 0, [to_text(b"".join(parts))])
            self._take(sender, read(whole).frames)

    def _wants(self, kind: int, name: str) -> bool:
        return kind == Kind.CHANNEL or bool(self.boxes.groups.get(name))

    async def _fetch(self, sender: str, kind: int, name: str, key: str) -> None:
        try:
            body = await stored.read(self.sender, key)
            if body is not None:
                self._handle(sender, kind, [name, body])
            else:
                self._dropped(name)
        except Exception as error:  # noqa: BLE001 - one message is lost, and those behind it are not
            logger.warning("A long message of the channel layer is lost: %s", error)
            self._dropped(name)
        finally:
            self._take(sender, self._held.pop(sender, []))

    # --- counting and sweeping -----------------------------------------------------------------

    def _resumed(self) -> None:
        # Half a message of before is nothing now.
        self._parts.clear()
        for listener in self._on_resumed:
            listener()

    def _dropped(self, channel: str) -> None:
        self.dropped[channel] += 1
        if self._now() >= self._told + TELL_EVERY:
            self._told = self._now()
            total = sum(self.dropped.values())
            logger.warning("%d messages were dropped so far, the last for %s.", total, channel)

    def _do(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _sweep(self) -> None:
        self._sweeping = self.loop.call_later(SWEEP_EVERY, self._sweep)
        self._do(self._sweep_tables())

    async def _sweep_tables(self) -> None:
        try:
            await stored.sweep(self.sender)
        except Exception as error:  # noqa: BLE001 - the next sweep comes
            logger.info("The channel layer's tables were not swept: %s", error)


def endpoint_of(channel: str) -> str:
    """Give the name of the endpoint that a channel belongs to."""
    return channel.partition("!")[0].rpartition(".")[2]


def _ignore(_channel: bytes, _text: bytes) -> None:
    """The sender's connection LISTENs to nothing."""
