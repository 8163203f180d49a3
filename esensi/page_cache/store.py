"""The pages that this process keeps, within a number of bytes. Nothing here waits or asks; everything
runs in the event loop."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from realtime.metrics import Counter, Gauge

#: Seconds that a page is kept at most, whatever is heard of changes: moments pass that nobody tells of
#: (a chapter's hour comes, "5 minutes ago"), and a message can be lost. A CDN is told the same.
FRESH_SECONDS: Final = 15.0
#: Bytes of one page, its headers included; a longer one (a chapter of a thousand printed pages) would
#: push hundreds of others out.
LARGEST_PAGE: Final = 1_000_000
#: Bytes that an entry costs beside its body and headers: its key, its place, Python's objects.
OVERHEAD: Final = 1_500
#: Books of whose changes the order is remembered; beyond, everything counts as changed.
MOST_CHANGED: Final = 10_000

ASKED: Final = Counter(
    "page_cache_requests",
    "Requests that a kept page could answer: `kept` when one did, `drawn` when it had to be drawn.",
    ("how",),
)
CHANGES: Final = Counter(
    "page_cache_changes", "Changes that were heard of, each of which drops pages."
)
PAGES: Final = Gauge("page_cache_pages", "Pages that are kept.")
BYTES: Final = Gauge("page_cache_bytes", "Bytes that the kept pages take.")


@dataclass(frozen=True)
class Page:
    """An answer as it is sent; ``about`` is the slug of the book whose page it is, or nothing for pages
    that only change with everything. ``kept_at`` is a moment in seconds, by ``time.time``; ``route`` is the
    pattern of its address, for the log."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    about: str
    kept_at: float
    route: str = ""

    @property
    def size(self) -> int:
        return (
            len(self.body) + sum(len(name) + len(value) for name, value in self.headers) + OVERHEAD
        )


class PageStore:
    """Keeps pages while it is ``awake``: while somebody tells it of every change.

    ``most`` is how many bytes it may hold; the pages that were asked for least recently go first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()
        self.bytes = 0
        self.is_awake = False
        self._count = 0
        self._all_changed = 0
        self._changed: dict[str, int] = {}
        PAGES.tell(lambda: len(self._pages))
        BYTES.tell(lambda: self.bytes)

    def __len__(self) -> int:
        return len(self._pages)

    def find(self, key: Hashable, now: float) -> Page | None:
        """Give a page that is still fresh at ``now``."""
        page = self._pages.get(key)
        if page is None:
            return None
        # By the wall's clock, which goes on while a machine is suspended.
        if not 0 <= now - page.kept_at < FRESH_SECONDS:
            self._drop(key)
            return None
        self._pages.move_to_end(key)
        return page

    def mark(self) -> int:
        """Give the moment at which a page begins to be drawn; ``keep`` asks for it."""
        return self._count

    def keep(self, key: Hashable, page: Page, mark: int) -> bool:
        """Keep a page that began to be drawn at ``mark``, unless something has changed since that it may
        not show; whether it is kept."""
        changed = max(self._all_changed, self._changed.get(page.about, 0))
        if not self.is_awake or changed > mark or page.size > min(LARGEST_PAGE, self._most):
            return False
        self._drop(key)
        self._pages[key] = page
        self.bytes += page.size
        while self.bytes > self._most:
            self._drop(next(iter(self._pages)))
        return True

    # --- what is heard ------------------------------------------------------------------------

    def changed(self, about: str) -> None:
        """Drop the pages of the book with this slug; with an empty one, all."""
        CHANGES.add()
        self._count += 1
        if about and len(self._changed) < MOST_CHANGED:
            self._changed[about] = self._count
            for key in [key for key, page in self._pages.items() if page.about == about]:
                self._drop(key)
        else:
            self._drop_all()

    def wake(self) -> None:
        """From now on every change is told: begin empty, and keep."""
        self._drop_all()
        self.is_awake = True

    def sleep(self) -> None:
        """Changes may be missed from now on: keep nothing, and give nothing."""
        self.is_awake = False
        self._drop_all()

    def _drop(self, key: Hashable) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self.bytes -= page.size

    def _drop_all(self) -> None:
        self._count += 1
        self._all_changed = self._count
        self._changed.clear()
        self._pages.clear()
        self.bytes = 0
