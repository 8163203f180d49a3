"""An instance that is about to end sends its sockets elsewhere, a few at a time: all of them at once
would be back in the same instant, on whoever is left."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Collection
from typing import Final, Protocol

from realtime import metrics
from realtime.protocol import Close

logger = logging.getLogger(__name__)

#: Seconds between two handfuls; within one, their order does not matter to anybody.
STEP: Final = 0.05
#: Sockets a second below which nothing is gained by waiting: few are gone at once.
AT_LEAST: Final = 50
#: Seconds for the last of those that were told to be gone, before the server ends what is left.
GONE_IN: Final = 1.0
REASON: Final = "This instance restarts. Come back; another one has you."


class Closable(Protocol):
    """What can be told to come back: a socket, or an event stream."""

    def close(self, code: Close, reason: str = "") -> None: ...


class Draining:
    """Does this process send sockets elsewhere (``has_begun``)? Whoever takes sockets asks. Either it
    ends (``is_final``), or an operator wants it to be empty, and may want it to serve again."""

    def __init__(self) -> None:
        self.has_begun = self.is_final = False

    def begin(self) -> None:
        """The process ends."""
        self.has_begun = self.is_final = True

    def obey(self, wanted: bool) -> bool:
        """An operator wants this process to be empty, or no longer; gives whether it is to begin."""
        begins = wanted and not self.has_begun
        self.has_begun = wanted or self.is_final
        return begins


#: This process's own.
draining: Final = Draining()
metrics.DRAINING.tell(lambda: int(draining.has_begun))


async def send_elsewhere(
    open_now: Callable[[], Collection[Closable]],
    *,
    seconds: float,
    is_hurried: Callable[[], bool] = lambda: False,
    chance: random.Random | None = None,
) -> int:
    """Close all that is open with 1012, spread over ``seconds`` (fewer where there are few), and wait
    until they are gone; give how many were told.

    ``open_now`` is asked again at each step, so that what was opened meanwhile is told too. Once
    ``is_hurried`` says so, all that are left are told at once.
    """
    loop = asyncio.get_running_loop()
    chance = chance or random.Random()  # noqa: S311 - not a secret
    spread = min(seconds, len(open_now()) / AT_LEAST)
    begin, told = loop.time(), set[Closable]()
    while left := [one for one in open_now() if one not in told]:
        remaining = begin + spread - loop.time()
        steps = 1 if is_hurried() else max(1, round(remaining / STEP))
        for one in chance.sample(left, -(-len(left) // steps)):
            told.add(one)
            one.close(Close.RESTARTING, REASON)
        await asyncio.sleep(STEP if steps > 1 else 0)
    await _wait_until(lambda: not open_now() or is_hurried(), GONE_IN)
    if told:
        logger.info("%d sockets were told to come back elsewhere.", len(told))
    return len(told)


async def _wait_until(condition: Callable[[], bool], patience: float) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while not condition() and loop.time() < end:  # noqa: ASYNC110 - connections end in many places
        await asyncio.sleep(STEP / 5)
