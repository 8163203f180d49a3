"""Parts of pages that are the same for everybody who asks, kept as they were drawn, for readers who are
signed in as well: ``{% shared %}`` (docs/page-cache.md).

They stay true as kept pages do: whoever hears of changes (``esensi.page_cache.hearing``) tells it here.
Until somebody does, nothing is kept.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final, NamedTuple

#: Seconds that a part is kept at most, as pages are (``esensi.page_cache.store``; a test holds them
#: together).
FRESH_SECONDS: Final = 15.0
#: Characters of all parts and their keys together: a thousand lists of books.
MOST_CHARACTERS: Final = 16_000_000
#: What an entry counts beside these: its place, Python's objects.
OVERHEAD: Final = 500


class _Part(NamedTuple):
    text: str
    kept_at: float
    #: The key's characters count, too: visitors write what is in it (``?page=``).
    size: int


class SharedParts:
    """Parts by their keys; from any thread. Those asked for least recently go first."""

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._parts: OrderedDict[Hashable, _Part] = OrderedDict()
        self._characters = 0
        self._changes = 0
        self.is_awake = False

    def find(self, key: Hashable, now: float | None = None) -> str | None:
        """Give a part that is still fresh; ``now`` is a moment by ``time.time``."""
        now = time.time() if now is None else now
        with self._lock:
            part = self._parts.get(key)
            if part is None or not 0 <= now - part.kept_at < FRESH_SECONDS:
                return None
            self._parts.move_to_end(key)
            return part.text

    def mark(self) -> int:
        """Give the moment at which a part begins to be drawn; ``keep`` asks for it."""
        return self._changes

    def keep(self, key: Hashable, text: str, mark: int, now: float | None = None) -> None:
        """Keep a part that began to be drawn at ``mark``, at the moment ``now``, unless something has
        changed since."""
        size = len(text) + len(str(key)) + OVERHEAD
        with self._lock:
            if not self.is_awake or mark != self._changes or size > self._most:
                return
            self._drop(key)
            self._parts[key] = _Part(text, time.time() if now is None else now, size)
            self._characters += size
            while self._characters > self._most:
                self._drop(next(iter(self._parts)))

    def forget(self) -> None:
        """Something has changed that parts may show."""
        with self._lock:
            self._changes += 1
            self._parts.clear()
            self._characters = 0

    def wake(self) -> None:
        """From now on every change is told."""
        self.forget()
        self.is_awake = True

    def sleep(self) -> None:
        """Changes may be missed from now on."""
        self.is_awake = False
        self.forget()

    def _drop(self, key: Hashable) -> None:
        part = self._parts.pop(key, None)
        if part is not None:
            self._characters -= part.size


#: This process's.
parts: Final = SharedParts()
