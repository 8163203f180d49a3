"""What a feed does by itself: reads what is lacking, and looks every few seconds whether anything is."""

from __future__ import annotations

import asyncio
import logging
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from realtime import metrics
from realtime.ears import Ears
from realtime.heads import changed, heads
from realtime.pruning import prune
from realtime.reader import Reader, alone
from realtime.reading import NOTHING_YET

if TYPE_CHECKING:
    from realtime.feed import Feed

logger = logging.getLogger(__name__)

#: Seconds between two looks at the heads of all followed rooms, a quarter of it left to chance. A
#: wake-up that was lost is noticed then; 1,000 rooms cost 3 ms.
LOOK_EVERY: Final = 3.0
#: Seconds that an event may be ahead of the one before it: two that commit at once may be told in the
#: other order.
GAP_PATIENCE: Final = 0.02
#: Seconds until the table is asked again that did not answer, doubled up to the last, with jitter.
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 2.0
#: Seconds between two renewals of the channel layer's memberships, which last a day.
JOIN_AGAIN_EVERY: Final = 3600.0
#: Seconds between two prunings, half of it left to chance; whichever instance comes first prunes.
PRUNE_EVERY: Final = 600.0


class Upkeep:
    """Works in the feed's event loop until it is closed."""

    def __init__(self, feed: Feed, ears: Ears, reader: Reader, *, look_every: float) -> None:
        self._feed, self._ears, self._reader, self._look_every = feed, ears, reader, look_every
        #: Rooms of which more is in the table than was told.
        self._lacking: set[str] = set()
        self._filling: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._look_now = asyncio.Event()

    def start(self) -> None:
        work = (self._keep_looking(), self._keep_joining(), self._keep_pruning())
        self._tasks = [asyncio.ensure_future(one) for one in work]

    async def close(self) -> None:
        tasks = [*self._tasks, *([self._filling] if self._filling else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def look_soon(self) -> None:
        """Look at the heads at once. To be called in the event loop."""
        self._look_now.set()

    def fill(self, room: str, *, at_once: bool = False) -> None:
        """Read what is lacking of a room, unless it comes by itself within a moment."""
        self._lacking.add(room)
        if self._filling is None:
            self._filling = asyncio.ensure_future(self._fill(0 if at_once else GAP_PATIENCE))

    async def _fill(self, patience: float) -> None:
        pause = FIRST_PAUSE
        try:
            await asyncio.sleep(patience)
            while rooms := self._still_lacking():
                try:
                    await self._feed.refresh(rooms)
                except Exception as error:  # noqa: BLE001 - asked again, whatever it was
                    self._lacking.update(rooms)
                    logger.warning("Streams cannot be read: %s", error)
                    await asyncio.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - not a secret
                    pause = min(2 * pause, LONGEST_PAUSE)
                else:
                    pause = FIRST_PAUSE
                    metrics.GAPS.add(len(rooms))
                    self._lacking.update(rooms)  # those of which more is to be read
        finally:
            self._filling = None

    def _still_lacking(self) -> list[str]:
        known = self._feed.known()
        rooms = [room for room in self._lacking if room in known and known[room].lacks]
        self._lacking.clear()
        return rooms

    # --- by itself ------------------------------------------------------------------------------

    async def _keep_looking(self) -> None:
        while True:
            pause = self._look_every * random.uniform(0.75, 1.25)  # noqa: S311 - not a secret
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look_now.wait(), pause)
            self._look_now.clear()
            try:
                await self._look()
                await self._feed.forget_left()
            except Exception as error:  # noqa: BLE001 - the next look comes
                logger.warning("The heads of streams cannot be read: %s", error)
                self._again_soon()

    def _again_soon(self) -> None:
        asyncio.get_running_loop().call_later(min(self._look_every, 0.5), self._look_now.set)

    async def _look(self) -> None:
        known = self._feed.known()
        if not known:
            return
        before = {room: one.position for room, one in known.items()}
        ids = [one.id for one in known.values() if one.id]
        names = [room for room, one in known.items() if not one.id]
        found = await self._reader.run(lambda: heads(ids, names))
        for room in changed(before, found):
            one, there = known[room], found.get(room, NOTHING_YET)
            if there.epoch == one.position.epoch and there.offset >= before[room].offset:
                self._feed.hear(room, *there, ())
            else:
                one.doubt()
                self.fill(room)

    async def _keep_joining(self) -> None:
        while True:
            await asyncio.sleep(JOIN_AGAIN_EVERY)
            try:
                await self._ears.join_again()
            except Exception as error:  # noqa: BLE001 - the next hour comes
                logger.warning("Memberships of the channel layer were not renewed: %s", error)

    async def _keep_pruning(self) -> None:
        loop: Any = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(PRUNE_EVERY * random.uniform(0.5, 1))  # noqa: S311 - not a secret
            try:
                await loop.run_in_executor(None, alone, lambda: prune(now=timezone.now()))
            except Exception as error:  # noqa: BLE001 - the next pruning comes
                logger.warning("Streams were not pruned: %s", error)
