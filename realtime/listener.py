"""Hears what is said to this event loop: one LISTEN connection that is read without asking.

It comes back by itself when it is lost, and tells so: what was said meanwhile is not heard again. A
connection that looks well and hears nothing is found by messages to oneself.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

from realtime.errors import NotConnected, PooledByTransaction, RealtimeError
from realtime.link import Link

logger = logging.getLogger(__name__)

#: Seconds until a lost connection is made anew, doubled with each failure up to the last. Full
#: jitter, so that a hundred instances do not return in the same instant.
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 5.0
#: The longest where the connection could be made and was lost again at once.
LONGEST_AFTER_HEARING: Final = 0.4
#: Seconds of silence after which a message to oneself is sent, and for anything to be heard then.
PROBE_EVERY: Final = 10.0
PROBE_LIMIT: Final = 3.0
#: Seconds between two looks at the clock. One that took much longer by the wall than it should was a
#: suspended machine, whose connections may be gone without a word.
LOOK_EVERY: Final = 1.0
SUSPENDED: Final = 3.0
#: Seconds between two looks whether the connection can take a statement: its own take less.
BUSY: Final = 0.005

Connect = Callable[[Callable[[bytes, bytes], None], Callable[[], None]], Awaitable[Link]]


class Hearer(Protocol):
    """Who hears a further NOTIFY channel; called in the event loop."""

    def heard(self, text: str) -> None:
        """A payload, of whoever said NOTIFY."""

    def lost(self) -> None:
        """What is said from now on is not heard."""

    def resumed(self) -> None:
        """It is heard again; what was said meanwhile is not."""


class Listener:
    """LISTENs to ``channels`` (names of NOTIFY channels) for as long as it lives.

    ``hear`` gets each payload; ``probe`` sends a message to oneself; ``lost`` is called when the
    connection was lost and ``resumed`` each time that it is back.
    """

    def __init__(  # noqa: PLR0913 - two to speak with, three to tell
        self,
        connect: Connect,
        channels: list[str],
        *,
        hear: Callable[[bytes], None],
        probe: Callable[[], Awaitable[Any]],
        lost: Callable[[], None],
        resumed: Callable[[], None],
    ) -> None:
        self._connect, self._channels = connect, channels
        self._hear, self._probe, self._lost, self._resumed = hear, probe, lost, resumed
        self._hearers: dict[bytes, Hearer] = {}
        self._link: Link | None = None
        self._gone = asyncio.Event()
        self._ready = asyncio.Event()
        self._failed: Exception | None = None
        #: Payloads heard, one's own included.
        self.heard = 0
        #: How often the connection was made again.
        self.reconnects = 0
        self._task = asyncio.ensure_future(self._live())

    async def ready(self) -> None:
        """Wait until this loop is heard for the first time. Raises why it cannot be: NotConnected,
        PooledByTransaction, WrongEncoding."""
        if not self._ready.is_set():
            await self._ready.wait()
        if self._failed is not None:
            raise self._failed

    @property
    def is_ready(self) -> bool:
        """Has it ever heard? It comes back by itself from then on."""
        return self._failed is None and self._ready.is_set()

    async def listen_to(self, channel: str, hearer: Hearer) -> None:
        """LISTEN to a further channel, of plain text, once this loop hears. Raises ``NotConnected``
        where the connection is lost at this moment: it is listened to all the same when it is back."""
        self._hearers[channel.encode()] = hearer
        if channel not in self._channels:
            self._channels.append(channel)
        link = self._link
        while link is not None and link.is_busy:  # noqa: ASYNC110 - for once, and milliseconds
            await asyncio.sleep(BUSY)
        if link is None or link is not self._link:
            raise NotConnected("The connection that listens is being made anew.")
        await link.run(f'LISTEN "{channel}"'.encode())

    def close(self) -> None:
        self._task.cancel()
        if self._link:
            self._link.close()
        if not self._ready.is_set():
            self._failed = NotConnected("The channel layer was closed.")
            self._ready.set()

    def abandon(self) -> None:
        """Close the connection of a loop that has ended."""
        if self._link:
            self._link.abandon()

    # ---------------------------------------------------------------------------------------

    async def _live(self) -> None:
        pause = FIRST_PAUSE
        while True:
            since, heard = time.monotonic(), False
            try:
                await self._listen()
                heard = True
                await self._watch()
            except Exception as error:  # noqa: BLE001 - whatever it was, it must go on hearing
                if not self._ready.is_set():
                    # Nobody has relied on it yet: whoever waits is told, and may try again.
                    self._failed = error
                    self._ready.set()
                    return
                logger.warning("The channel layer hears nothing: %s", error)
            finally:
                if self._link:
                    self._link.close()
            self._tell_lost()
            if time.monotonic() > since + pause:
                pause = FIRST_PAUSE  # it held for a while
            elif heard:
                pause = min(pause, LONGEST_AFTER_HEARING)
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - not a secret
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _listen(self) -> None:
        self._gone.clear()
        self._link = await self._connect(self._notified, self._gone.set)
        await self._link.run("; ".join(f'LISTEN "{name}"' for name in self._channels).encode())
        if not self._ready.is_set():
            await self._require_hearing()
            self._ready.set()
        else:
            self.reconnects += 1
            self._resumed()
            for hearer in list(self._hearers.values()):
                hearer.resumed()

    def _tell_lost(self) -> None:
        self._lost()
        for hearer in list(self._hearers.values()):
            hearer.lost()

    def _notified(self, channel: bytes, text: bytes) -> None:
        self.heard += 1
        hearer = self._hearers.get(channel)
        if hearer is None:
            self._hear(text)
        else:
            hearer.heard(text.decode())

    async def _require_hearing(self) -> None:
        """Send a message to oneself over the other connection. A pool of transactions takes LISTEN
        and passes nothing on; PgBouncer also makes up the number of the server's process."""
        failure: Exception = NotConnected("PostgreSQL takes LISTEN and passes nothing on.")
        try:
            if await self._hears():
                return
        except Exception as error:  # noqa: BLE001 - a pool may refuse in many ways
            failure = error
        if self._link is not None and self._link.is_open and await self._is_pooled(self._link):
            raise PooledByTransaction from failure
        raise failure

    async def _is_pooled(self, link: Link) -> bool:
        result = await link.run(b"SELECT pg_backend_pid()")
        return (result.get_value(0, 0) or b"").decode() != str(link.backend)

    async def _hears(self) -> bool:
        """Is anything heard after a message to oneself? Under a load that may be another's first."""
        before = self.heard
        await self._probe()
        deadline = time.monotonic() + PROBE_LIMIT
        while self.heard == before and not self._gone.is_set():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.005)
        return self.heard > before

    async def _watch(self) -> None:
        """Return when the connection is lost, or hears nothing any more."""
        heard, silent_since, wall = self.heard, time.monotonic(), time.time()
        while True:
            try:
                await asyncio.wait_for(self._gone.wait(), LOOK_EVERY)
            except TimeoutError:
                slept = time.time() - wall > LOOK_EVERY + SUSPENDED
                wall = time.time()
            else:
                logger.warning("The channel layer's LISTEN connection was lost; it comes back.")
                return
            if self.heard != heard and not slept:
                heard, silent_since = self.heard, time.monotonic()
            elif slept or time.monotonic() > silent_since + PROBE_EVERY:
                if not await self._is_well():
                    return
                silent_since = time.monotonic()

    async def _is_well(self) -> bool:
        try:
            if await self._hears():
                return True
        except RealtimeError as error:
            # Nothing can be said either: then this connection is not to be trusted.
            logger.warning("The channel layer could not ask whether it hears: %s", error)
            return False
        if not self._gone.is_set():
            logger.warning("The channel layer's LISTEN connection is deaf; it is made anew.")
        return False
