"""Workers' channels: each message is for one worker, whoever asks first."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, Final

from realtime import stored
from realtime.errors import NotConnected
from realtime.sender import Sender
from realtime.wire import unpack

#: Seconds after which a worker looks by itself: a notification may have been lost with a connection.
LOOK_EVERY: Final = 5.0
#: Seconds that a message waits which a cancelled worker gave back, whatever the channel holds.
GIVEN_BACK_FOR, NO_LIMIT = 60.0, 2**31 - 1


class Workers:
    """The workers of one event loop: how many wait for each channel, and how they are woken."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._waiting: Counter[str] = Counter()
        self._events: dict[str, asyncio.Event] = {}

    def wake(self, channel: str) -> None:
        """Something was put into a channel."""
        event = self._events.get(channel)
        if event is not None:
            event.set()

    async def receive(self, channel: str) -> Any:
        """Wait for a message of a workers' channel, and take it from all others. Raises
        ``NotConnected`` where PostgreSQL is away for long."""
        event = self._events.setdefault(channel, asyncio.Event())
        self._waiting[channel] += 1
        try:
            while True:
                event.clear()
                body = await self._take(channel)
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

    async def _take(self, channel: str) -> bytes | None:
        try:
            # Shielded: a worker that is cancelled meanwhile must not take a message along.
            taking = asyncio.ensure_future(stored.take(self._sender, channel))
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(self._give_back(channel))
            raise
        except NotConnected:
            await asyncio.sleep(LOOK_EVERY / 10)
            return None

    def _give_back(self, channel: str) -> Any:
        def give_back(taken: asyncio.Task[bytes | None]) -> None:
            if taken.cancelled() or taken.exception() or taken.result() is None:
                return
            body = taken.result()
            assert body is not None  # noqa: S101 - asked above
            task = asyncio.ensure_future(
                stored.queue(
                    self._sender,
                    stored.ForWorkers(channel, body, GIVEN_BACK_FOR, NO_LIMIT),
                    notify=(b"realtime_nobody", b""),
                )
            )
            _kept.add(task)
            task.add_done_callback(_kept.discard)

        return give_back

    def close(self) -> None:
        self._events.clear()


#: Tasks that nobody waits for; without this the loop may forget them.
_kept: set[asyncio.Task[Any]] = set()
