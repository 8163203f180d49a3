"""What is announced now, read once in a while and not for every page."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sites.community.models import Announcement

#: How long another instance may show what was changed: shorter than it takes to read a page.
KEPT: Final = timedelta(seconds=15)
#: More would push the page itself off the screen.
MOST: Final = 3
#: Announcements that are kept at hand: five times as many as ``save_announcement`` lets be current.
MOST_READ: Final = 100


@dataclass
class _Read:
    at: datetime
    rows: list[Announcement]


_read: list[_Read] = []
_lock = threading.Lock()
#: How often something was forgotten: what was read before the last time is not kept.
_changes = 0


def announced(host: str, now: datetime) -> list[Announcement]:
    """Give what stands on the pages of a host at ``now``, the newest first; mostly without a query."""
    # Another thread may forget it at any moment.
    read = next(iter(_read), None)
    if read is None or not read.at <= now < read.at + KEPT:
        changes = _changes
        read = _Read(now, list(Announcement.objects.ending_after(now)[:MOST_READ]))
        with _lock:
            if changes == _changes:
                _read[:] = [read]
    return [row for row in read.rows if row.is_shown(host, now)][:MOST]


def forget() -> None:
    """Read anew for the next page of this process."""
    global _changes
    with _lock:
        _changes += 1
        _read.clear()
