"""Which machines the edge puts to rest, and how: a pass every few minutes, one machine of a region."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from esensi.fleet.balance import Candidate, Level, level
from esensi.fleet.flyfile import AutoStop, FlyFile, Limits

#: Fly advises no suspending above this; MB.
LARGEST_SUSPENDED: Final = 2048
#: Seconds between two passes ("every few minutes").
PASS_EVERY: Final = 180.0


def excess(machines: Sequence[Candidate], limits: Limits) -> int:
    """Give how many of one region's running machines are too many."""
    over = sum(level(one.load, limits) is not Level.FREE for one in machines)
    return len(machines) - (over + 1)


def to_rest(
    machines: Sequence[Candidate],
    limits: Limits,
    *,
    least_running: int,
    primary: str,
    chance: random.Random,
) -> list[str]:
    """Give the machines that one pass puts to rest, at most one in a region.

    The last one of a region rests only where it has no load at all; an open socket is load. Of several,
    one with open sockets may be chosen: it is the least loaded. ``least_running`` holds in the
    ``primary`` region alone.
    """
    running = sorted((one for one in machines if one.is_open), key=lambda one: one.region)
    chosen = []
    for region, group in groupby(running, key=lambda one: one.region):
        here = list(group)
        if region == primary and len(here) <= least_running:
            continue
        least = min(one.load for one in here)
        is_too_many = excess(here, limits) >= 1 if len(here) > 1 else least == 0
        if is_too_many:
            chosen.append(chance.choice([one.id for one in here if one.load == least]))
    return chosen


def way_to_rest(app: FlyFile) -> AutoStop:
    """Say how machines of this app rest: one that cannot be suspended is stopped."""
    asked = app.service.auto_stop
    return "stop" if asked == "suspend" and not can_suspend(app) else asked


def can_suspend(app: FlyFile) -> bool:
    return app.swap == 0 and app.memory <= LARGEST_SUSPENDED
