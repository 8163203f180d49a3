"""Hears what is said to this event loop: one LISTEN connection that is read without asking.

It comes back by itself when it is lost, and tells so: what was said meanwhile is not heard again. A
connection that looks well and hears nothing is found by messages to oneself.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import psycopg

from realtime.errors import NotConnected, PooledByTransaction, RealtimeError
from realtime.link import Link

logger = logging.getLogger(__name__)

#: Seconds between two attempts to come back: the first at once, then doubled, never more than the
#: last. Full jitter, so that a hundred instances do not return in the same instant.
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 5.0
#: Seconds between two messages to oneself, and for one to arrive.
PROBE_EVERY: Final = 10.0
PROBE_LIMIT: Final = 5.0

Connect = Callable[[Callable[[bytes, bytes], None], Callable[[], None]], Awaitable[Link]]


class Listener:
    """LISTENs to ``channels`` (names of NOTIFY channels) for as long as it lives.

    ``hear`` gets each payload; ``probe`` sends a message to oneself, for which ``heard_probe`` is to
    be called; ``resumed`` is called after each time that the connection came back. ``chance`` gives
    numbers from 0 to 1.
    """

    def __init__(
        self,
        connect: Connect,
        channels: list[str],
        *,
        hear: Callable[[bytes], None],
        probe: Callable[[], Awaitable[Any]],
        resumed: Callable[[], None],
    ) -> None:
        self._connect, self._channels = connect, channels
        self._hear, self._probe, self._resumed = hear, probe, resumed
        self._link: Link | None = None
        self._heard = asyncio.Event()
        self._lost = asyncio.Event()
        self._ready = asyncio.Event()
        self._failed: BaseException | None = None
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
    def is_listening(self) -> bool:
        return self._link is not None and self._link.is_open

    def heard_probe(self) -> None:
        """A message to oneself has arrived."""
        self._heard.set()

    def close(self) -> None:
        self._task.cancel()
        if self._link:
            self._link.close()

    def abandon(self) -> None:
        """Close the connection of a loop that has ended."""
        if self._link:
            self._link.abandon()

    # ---------------------------------------------------------------------------------------

    async def _live(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._listen()
                pause = FIRST_PAUSE
                await self._watch()
            except (RealtimeError, psycopg.Error, OSError) as error:
                if not self._ready.is_set():
                    # Nobody has relied on it yet: whoever waits is told, and may try again.
                    self._failed = error
                    self._ready.set()
                    return
                logger.warning("The channel layer hears nothing: %s", error)
            finally:
                if self._link:
                    self._link.close()
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - not a secret
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _listen(self) -> None:
        self._lost.clear()
        self._link = await self._connect(self._notified, self._lost.set)
        for channel in self._channels:
            await self._link.run(f'LISTEN "{channel}"'.encode())
        if not self._ready.is_set():
            await self._require_hearing()
            self._ready.set()
        else:
            self.reconnects += 1
            self._resumed()

    def _notified(self, _channel: bytes, text: bytes) -> None:
        self._hear(text)

    async def _require_hearing(self) -> None:
        """Send a message to oneself over the other connection. A pool of transactions takes LISTEN
        and passes nothing on; PgBouncer also makes up the number of the server's process."""
        if await self._hears():
            return
        assert self._link is not None  # noqa: S101 - called by _listen alone
        result = await self._link.run(b"SELECT pg_backend_pid()")
        if (result.get_value(0, 0) or b"").decode() != str(self._link.backend):
            raise PooledByTransaction
        raise NotConnected("PostgreSQL takes LISTEN and passes no notification on.")

    async def _hears(self) -> bool:
        self._heard.clear()
        await self._probe()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._heard.wait(), PROBE_LIMIT)
        return self._heard.is_set()

    async def _watch(self) -> None:
        """Return when the connection is lost, or hears nothing any more."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._lost.wait(), PROBE_EVERY)
            if self._lost.is_set():
                logger.warning("The channel layer's LISTEN connection was lost; it comes back.")
                return
            if not await self._hears():
                logger.warning("The channel layer's LISTEN connection is deaf; it is made anew.")
                return
