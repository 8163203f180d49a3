"""What is announced now, read once in a while and not for every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sites.community.models import Announcement

#: How long another instance may show what was changed: shorter than it takes to read a page.
KEPT: Final = timedelta(seconds=15)
#: More would push the page itself off the screen.
MOST: Final = 3


@dataclass
class _Read:
    at: datetime
    rows: list[Announcement]


_read: list[_Read] = []


def announced(host: str, now: datetime) -> list[Announcement]:
    """Give what stands on the pages of a host at ``now``, the newest first; mostly without a query."""
    if not _read or not _read[0].at <= now < _read[0].at + KEPT:
        _read[:] = [_Read(now, list(Announcement.objects.ending_after(now)[:100]))]
    return [row for row in _read[0].rows if row.is_shown(host, now)][:MOST]


def forget() -> None:
    """Read anew for the next page of this process."""
    _read.clear()
