"""The time that the reading of one file may take, whatever it consists of."""

from __future__ import annotations

import time
from collections.abc import Callable

from sites.books.importers import limits
from sites.books.importers.errors import TakesTooLong

Clock = Callable[[], float]


class Deadline:
    """Ends ``seconds`` after it was made; ``clock`` gives seconds that only grow.

    It is asked before each page, picture and chapter. What one of these takes has limits of its
    own, of seconds, so that the whole ends within the time and one of them.
    """

    def __init__(
        self, clock: Clock = time.monotonic, seconds: float = limits.READING_SECONDS
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._end = clock() + seconds

    def check(self) -> None:
        """Raise ``TakesTooLong`` once the time is over. Leaving the rest out instead would make a
        book of the speed of a machine."""
        if self._clock() > self._end:
            raise TakesTooLong(self._seconds)
