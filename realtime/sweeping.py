"""Lets go of what has expired, in memory and in tables, for as long as an event loop has a layer."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Final

from realtime import stored
from realtime.mailbox import Mailboxes
from realtime.sender import Sender

logger = logging.getLogger(__name__)

#: Seconds between two sweeps, half of it left to chance: endpoints that began together do not sweep
#: together.
SWEEP_EVERY: Final = 30.0


class Sweeper:
    """Sweeps ``boxes``, and the tables through ``sender``, until it is closed."""

    def __init__(self, boxes: Mailboxes, sender: Sender) -> None:
        self._boxes, self._sender = boxes, sender
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None
        self._sweep_later()

    def close(self) -> None:
        self._timer.cancel()
        if self._task:
            self._task.cancel()

    async def sweep_tables(self) -> None:
        """Delete what has expired. What goes wrong is noted in the log: the next sweep comes."""
        try:
            await stored.sweep(self._sender)
        except Exception as error:  # noqa: BLE001 - whatever it was
            logger.info("The channel layer's tables were not swept: %s", error)

    def _sweep_later(self) -> None:
        pause = SWEEP_EVERY * random.uniform(0.5, 1)  # noqa: S311 - not a secret
        self._timer = self._loop.call_later(pause, self._sweep)

    def _sweep(self) -> None:
        self._sweep_later()
        self._boxes.sweep()
        self._task = asyncio.ensure_future(self.sweep_tables())
