"""How far a long command is: a line that is written over on a terminal, one now and then in a pipe."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

#: Seconds between two lines: a terminal's line is written over, those of a pipe stay.
ON_TERMINAL: Final = 0.2
IN_PIPE: Final = 5.0


class Output(Protocol):
    """Where a command writes: Django's ``self.stdout``."""

    def write(self, msg: str, *, ending: str | None = None) -> None: ...
    def isatty(self) -> bool: ...
    def flush(self) -> None: ...


class Progress:
    """Counts what is done, and says so with its rate. ``what`` begins each line."""

    def __init__(
        self, out: Output, what: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out, self._what, self._clock = out, what, clock
        self._begun = self._said = clock()
        self._terminal = out.isatty()
        self.done = self.bytes = 0

    def add(self, size: int = 0) -> None:
        """One more file, of so many bytes."""
        self.done += 1
        self.bytes += size
        now = self._clock()
        if now - self._said >= (ON_TERMINAL if self._terminal else IN_PIPE):
            self._said = now
            self._say(now)

    def end(self) -> None:
        """Say it for the last time, and leave the line."""
        self._say(self._clock(), last=True)

    @property
    def seconds(self) -> float:
        return max(1e-9, self._clock() - self._begun)

    def _say(self, now: float, *, last: bool = False) -> None:
        seconds = max(1e-9, now - self._begun)
        line = (
            f"{self._what}: {self.done:,} files, {megabytes(self.bytes)}, "
            f"{self.done / seconds:,.0f} files/s, {megabytes(self.bytes / seconds)}/s"
        )
        if self._terminal:
            self._out.write(f"\r{line}\x1b[K", ending="\n" if last else "")
        else:
            self._out.write(line)
        self._out.flush()


def megabytes(size: float) -> str:
    """Give bytes as people read them."""
    return f"{size / 1e6:,.1f} MB"
