"""Workers' channels: each message is for one worker, whoever asks first."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

from realtime.errors import NotConnected
from realtime.wire import unpack

#: Seconds after which a worker looks by itself: a notification may have been lost with a connection.
LOOK_EVERY: Final = 5.0
#: Seconds until a worker asks again that PostgreSQL did not answer.
PAUSE: Final = 0.5


class Workers:
    """The workers of one event loop: how many wait for each channel, and how they are woken.

    ``take(channel)`` takes a message out of the table, ``give_back(channel, body)`` puts one in
    again, and ``is_closed()`` says that there is nothing more to be had.
    """

    def __init__(
        self,
        *,
        take: Callable[[str], Awaitable[bytes | None]],
        give_back: Callable[[str, bytes], Awaitable[Any]],
        is_closed: Callable[[], bool],
    ) -> None:
        self._take, self._give_back, self._is_closed = take, give_back, is_closed
        self._waiting: Counter[str] = Counter()
        self._events: dict[str, asyncio.Event] = {}
        #: Statements of workers that were cancelled meanwhile.
        self._kept: set[asyncio.Future[Any]] = set()

    def wake(self, channel: str) -> None:
        """Something was put into a channel."""
        event = self._events.get(channel)
        if event is not None:
            event.set()

    def wake_all(self) -> None:
        """Something may have been put into any: it was not heard, or there is nothing more to come."""
        for event in self._events.values():
            event.set()

    async def receive(self, channel: str) -> Any:
        """Wait for a message of a workers' channel, and take it from all others. While PostgreSQL is
        away it goes on waiting. Raises ``NotConnected`` once the layer is closed."""
        event = self._events.setdefault(channel, asyncio.Event())
        self._waiting[channel] += 1
        try:
            while True:
                event.clear()
                body = await self._try(channel)
                if body is not None:
                    event.set()  # there may be more, for whoever waits beside this one
                    return unpack(body)
                try:
                    await asyncio.wait_for(event.wait(), LOOK_EVERY)
                except TimeoutError:
                    continue
        finally:
            self._waiting[channel] -= 1
            if not self._waiting[channel]:
                del self._waiting[channel]
                self._events.pop(channel, None)

    async def _try(self, channel: str) -> bytes | None:
        taking = asyncio.ensure_future(self._take(channel))
        try:
            # Shielded: a worker that is cancelled meanwhile must not take a message along.
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            self._keep(asyncio.ensure_future(self._return(channel, taking)))
            raise
        except NotConnected:
            if self._is_closed():
                raise
            await asyncio.sleep(PAUSE)
            self.wake(channel)
            return None

    async def _return(self, channel: str, taking: asyncio.Future[bytes | None]) -> None:
        try:
            body = await taking
            if body is not None:
                await self._give_back(channel, body)
        except NotConnected:
            return  # it was not taken, or is lost with the connection (at most once)

    def _keep(self, task: asyncio.Future[Any]) -> None:
        self._kept.add(task)
        task.add_done_callback(self._kept.discard)
