"""Frames by their keys, kept as true as pages for strangers are (``esensi.page_cache``)."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Final, NamedTuple

from sites.shared_parts import FRESH_SECONDS

if TYPE_CHECKING:
    from sites.frames.frame import Frame

#: Bytes of all frames together, by a guess that is rather too high: some hundred pages.
MOST_BYTES: Final = 32_000_000
#: Books whose changes are remembered one by one between two changes of everything.
MOST_CHANGED: Final = 1_000


class _Kept(NamedTuple):
    frame: Frame
    about: str
    kept_at: float


class FrameStore:
    """Keeps frames while somebody tells it of every change; from any thread."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._frames: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._bytes = 0
        self._count = self._all_changed = 0
        self._changed: dict[str, int] = {}
        self.is_awake = False

    def __len__(self) -> int:
        return len(self._frames)

    def find(self, key: Hashable, now: float | None = None) -> Frame | None:
        """Give a frame that is still fresh; ``now`` is a moment by ``time.time``."""
        now = time.time() if now is None else now
        with self._lock:
            kept = self._frames.get(key)
            if kept is None:
                return None
            if not 0 <= now - kept.kept_at < FRESH_SECONDS:
                self._drop(key)
                return None
            self._frames.move_to_end(key)
            return kept.frame

    def mark(self) -> int:
        """Give the moment at which a frame begins to be drawn; ``keep`` asks for it."""
        return self._count

    def keep(
        self, key: Hashable, frame: Frame, *, about: str, mark: int, now: float | None = None
    ) -> None:
        """Keep a frame that began to be drawn at ``mark``, at the moment ``now``, unless something has
        changed since that it may not show. ``about`` is the slug of the book whose page it is, if it is
        a book's."""
        now = time.time() if now is None else now
        with self._lock:
            changed = max(self._all_changed, self._changed.get(about, 0))
            if not self.is_awake or changed > mark or frame.size > self._most:
                return
            self._drop(key)
            self._frames[key] = _Kept(frame, about, now)
            self._bytes += frame.size
            while self._bytes > self._most:
                self._drop(next(iter(self._frames)))

    def changed(self, about: str) -> None:
        """Drop the frames of the book with this slug; with an empty one, all."""
        with self._lock:
            self._count += 1
            if about and len(self._changed) < MOST_CHANGED:
                self._changed[about] = self._count
                for key in [key for key, kept in self._frames.items() if kept.about == about]:
                    self._drop(key)
            else:
                self._drop_all()

    def wake(self) -> None:
        """From now on every change is told: begin empty, and keep."""
        with self._lock:
            self._drop_all()
            self.is_awake = True

    def sleep(self) -> None:
        """Changes may be missed from now on: keep nothing, and give nothing."""
        with self._lock:
            self.is_awake = False
            self._drop_all()

    def _drop(self, key: Hashable) -> None:
        kept = self._frames.pop(key, None)
        if kept is not None:
            self._bytes -= kept.frame.size

    def _drop_all(self) -> None:
        self._count += 1
        self._all_changed = self._count
        self._changed.clear()
        self._frames.clear()
        self._bytes = 0


#: This process's; ``esensi.page_cache.hearing`` wakes it.
frames: Final = FrameStore()
