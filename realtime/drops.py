"""Counts what is dropped, and tells the log once a minute."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import Final

logger = logging.getLogger(__name__)

#: Seconds between two lines in the log.
TELL_EVERY: Final = 60.0


class Drops:
    """Called with the name of a channel for each message that found a full mailbox or could not be
    fetched; ``total`` is their number. ``now`` is a clock that never goes back."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now, self.total = now, 0
        self._lately: Counter[str] = Counter()
        self._tell_at = now()

    def __call__(self, name: str) -> None:
        self.total += 1
        self._lately[name] += 1
        now = self._now()
        if now >= self._tell_at:
            self._tell_at = now + TELL_EVERY
            ((worst, _count),) = self._lately.most_common(1)
            number, channels = self._lately.total(), len(self._lately)
            self._lately.clear()
            logger.warning(
                "%d messages for %d channels were dropped, most for %s.", number, channels, worst
            )
