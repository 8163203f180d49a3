"""Which machine takes a request, by the rules of Fly's edge: load in three steps, closeness, chance."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal, NamedTuple

from esensi.fleet.flyfile import Limits

#: "restarting" and "failed" have ended by themselves: the one comes back by the restart policy.
State = Literal[
    "created", "starting", "started", "stopping", "stopped", "suspended", "restarting", "failed"
]
#: A request can wake these.
RESTING: Final = frozenset[State]({"created", "stopped", "suspended"})
#: These will take requests, or would, in a moment.
COMING: Final = frozenset[State]({"starting", "started", "stopping", "restarting"})


class Level(IntEnum):
    """How Fly's edge sees a load: not by its number, but by the limits that it has reached."""

    FREE = 0
    BUSY = 1
    FULL = 2


class Answer(NamedTuple):
    """``take`` and ``start`` name a machine; ``wait`` until something changes, or ``refuse``."""

    do: Literal["take", "start", "wait", "refuse"]
    id: str = ""


@dataclass(frozen=True)
class Candidate:
    """A machine as the edge knows it. ``is_led_to`` is false where it is cordoned or its checks fail."""

    id: str
    region: str = ""
    state: State = "started"
    load: int = 0
    is_led_to: bool = True

    @property
    def is_open(self) -> bool:
        return self.state == "started" and self.is_led_to


def level(load: int, limits: Limits) -> Level:
    """At a limit counts as over it."""
    if limits.hard is not None and load >= limits.hard:
        return Level.FULL
    return Level.BUSY if load >= limits.soft else Level.FREE


def choose(
    candidates: Sequence[Candidate],
    limits: Limits,
    *,
    near: Sequence[str],
    may_start: bool,
    chance: random.Random,
) -> Answer:
    """Say what becomes of a request; ``near`` has the regions, the closest first, and those that it does
    not name are behind them.

    The least loaded machine of the closest region takes it. Other regions have their turn only where
    all here are full or unhealthy. Where every running machine has reached its soft limit, one that
    rests is started for this request, the closest; one at a time.
    """
    running = [one for one in candidates if one.is_open]
    is_busy = all(level(one.load, limits) is not Level.FREE for one in running)
    is_alone = not any(one.state == "starting" for one in candidates)
    resting = [one for one in candidates if one.state in RESTING and one.is_led_to]
    if may_start and is_busy and is_alone and resting:
        return Answer("start", _closest(resting, near)[0].id)
    below = [one for one in running if level(one.load, limits) is not Level.FULL]
    if below:
        here = _closest(below, near)
        best = min((level(one.load, limits), one.load) for one in here)
        ties = [one for one in here if (level(one.load, limits), one.load) == best]
        return Answer("take", chance.choice(ties).id)
    if any(one.state in COMING for one in candidates):
        return Answer("wait")
    return Answer("refuse")


def _closest(candidates: Sequence[Candidate], near: Sequence[str]) -> list[Candidate]:
    """Give those of the closest region that has any."""
    regions = {one.region for one in candidates}
    first = min(regions, key=lambda one: (near.index(one) if one in near else len(near), one))
    return [one for one in candidates if one.region == first]
