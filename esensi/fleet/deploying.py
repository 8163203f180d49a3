"""In which order a new version comes onto the machines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from esensi.fleet.flyfile import Strategy


class Step(NamedTuple):
    """``update`` machines in place, all of a step at once; ``create`` new ones beside these, which are
    led to only from ``switch`` on; ``retire`` old ones; ``attempt`` one more beside, which goes again.
    ``waits``: until the checks of these pass."""

    do: Literal["update", "create", "switch", "retire", "attempt"]
    ids: tuple[str, ...] = ()
    waits: bool = False


def at_once(count: int, max_unavailable: float) -> int:
    """Give how many machines may be away together: a count from 1 on, else a share (rounded up, as
    flyctl does)."""
    if max_unavailable >= 1:
        return int(max_unavailable)
    return max(1, math.ceil(count * max_unavailable))


def steps(
    strategy: Strategy, running: Sequence[str], resting: Sequence[str], max_unavailable: float
) -> list[Step]:
    """Give the steps of a deploy. Machines that rest are updated as they lie, and not awaited."""
    cold = [Step("update", tuple(resting))] if resting else []
    if strategy == "immediate":
        return [Step("update", tuple(running)), *cold]
    if strategy == "bluegreen":
        return [
            Step("create", tuple(running), waits=True),
            Step("switch"),
            Step("retire", tuple(running)),
            *cold,
        ]
    size = at_once(len(running), max_unavailable)
    rolling = [
        Step("update", tuple(running[begin : begin + size]), waits=True)
        for begin in range(0, len(running), size)
    ]
    if strategy == "canary" and running:
        # Where that one does not pass, nobody else is touched.
        return [Step("attempt", (running[0],), waits=True), *rolling, *cold]
    return [*rolling, *cold]
