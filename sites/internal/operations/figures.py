"""What the operations page shows: how each instance is, and what happens in a second.

Instances write what they count into their rows with every heartbeat, whether somebody looks or not
(``realtime.instances``). A rate is what was counted between two heartbeats; who has just begun to look
knows none yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from realtime.events import Event, encode
from realtime.registry import COUNTED_AT
from realtime.status import status
from sites.background.counted import Jobs, count_jobs

#: Instances that are listed, the oldest first; the figures are of all. A report of so many is 12 KB, and
#: an event has at most 16.
MOST_LISTED: Final = 40
_WAKE_UPS, _WAKE_UP_SUM = "realtime_wake_up_seconds_count", "realtime_wake_up_seconds_sum"


@dataclass(frozen=True)
class InstanceNow:
    """One instance: ``state`` is "serving", "draining" or "silent"; ``publishes`` and ``deliveries`` are
    of a second, ``lag`` is the mean of milliseconds from a commit to its arrival here, each None where
    nothing is known; ``drops`` are readers that were too slow, since its start."""

    id: str
    machine: str
    region: str
    version: str
    state: str
    up_for: int
    heartbeat_ago: float
    sockets: int
    rooms: int
    publishes: float | None
    deliveries: float | None
    lag: float | None
    drops: int


@dataclass(frozen=True)
class OperationsReported(Event):
    """The house at a moment. ``drops`` are those since the report before this one; ``queue`` is how full
    PostgreSQL's queue of notifications is, from 0 to 1."""

    at: datetime
    instances: list[InstanceNow]
    unlisted: int
    serving: int
    sockets: int
    people: int
    rooms: int
    publishes: float | None
    deliveries: float | None
    lag: float | None
    drops: int
    waiting: int
    running: int
    failed: int
    queue: float


@dataclass(frozen=True)
class _Rates:
    publishes: float | None = None
    deliveries: float | None = None
    lag: float | None = None
    drops: int = 0


class Reporter:
    """Remembers what each instance had counted when it was read last."""

    def __init__(self) -> None:
        self._before: dict[str, Mapping[str, Any]] = {}
        self._rates: dict[str, _Rates] = {}

    def __call__(self) -> OperationsReported:
        """Read the tables, in three queries. Raises ``django.db.DatabaseError``."""
        return self.reckon(status(), count_jobs(), timezone.now())

    def reckon(self, found: Mapping[str, Any], jobs: Jobs, at: datetime) -> OperationsReported:
        """Give the report of what ``realtime.status.status`` has found."""
        rows: list[Mapping[str, Any]] = found["instances"]
        drops = sum(self._count(row["id"], row["counters"]) for row in rows)
        known = {row["id"] for row in rows}
        for gone in self._before.keys() - known:
            del self._before[gone], self._rates[gone]
        instances = [self._instance(row) for row in rows]
        alive = [one for one in instances if one.state != "silent"]
        lags = [one.lag for one in alive if one.lag is not None]
        return OperationsReported(
            at=at,
            instances=instances[:MOST_LISTED],
            unlisted=max(0, len(instances) - MOST_LISTED),
            serving=sum(one.state == "serving" for one in instances),
            sockets=sum(one.sockets for one in alive),
            people=found["database"]["people"],
            rooms=found["database"]["rooms"],
            publishes=_total([one.publishes for one in alive]),
            deliveries=_total([one.deliveries for one in alive]),
            lag=max(lags, default=None),
            drops=drops,
            waiting=jobs.waiting,
            running=jobs.running,
            failed=jobs.failed,
            queue=round(found["database"]["queue"], 3),
        )

    def _count(self, instance: str, counters: Mapping[str, Any]) -> int:
        """Reckon the rates of one instance, where it has counted since; give its new drops."""
        before = self._before.get(instance)
        self._before[instance] = counters
        if before is None:
            self._rates[instance] = _Rates()
            return 0
        if counters.get(COUNTED_AT) == before.get(COUNTED_AT):
            return 0  # the same heartbeat: the rates are those of before
        rates = self._rates[instance] = _rates(before, counters)
        return rates.drops

    def _instance(self, row: Mapping[str, Any]) -> InstanceNow:
        counters, rates = row["counters"], self._rates[row["id"]]
        return InstanceNow(
            id=str(UUID(row["id"])),
            machine=row["machine"],
            region=row["region"],
            version=row["version"],
            state=row["state"],
            up_for=int(row["up_for"]),
            heartbeat_ago=row["heartbeat_ago"],
            sockets=row["sockets"],
            rooms=int(counters.get("realtime_rooms", 0)),
            publishes=rates.publishes,
            deliveries=rates.deliveries,
            lag=rates.lag,
            drops=_drops(counters),
        )


def now_as_json() -> dict[str, Any]:
    """Give one report without rates, as it travels."""
    found: dict[str, Any] = json.loads(encode(Reporter()()))
    return found


def _rates(before: Mapping[str, Any], now: Mapping[str, Any]) -> _Rates:
    seconds = now.get(COUNTED_AT, 0) - before.get(COUNTED_AT, 0)
    if seconds <= 0:  # it has begun anew
        return _Rates()

    def more(name: str) -> float:
        return float(max(0, now.get(name, 0) - before.get(name, 0)))

    # An instance of the release before tells no sum.
    arrived = more(_WAKE_UPS) if _WAKE_UP_SUM in before and _WAKE_UP_SUM in now else 0
    return _Rates(
        publishes=round(more("realtime_publishes") / seconds, 1),
        deliveries=round(more("realtime_deliveries") / seconds, 1),
        lag=round(more(_WAKE_UP_SUM) / arrived * 1000, 1) if arrived else None,
        drops=max(0, _drops(now) - _drops(before)),
    )


def _drops(counters: Mapping[str, Any]) -> int:
    """Readers that were too slow, and messages of the layer that found a full mailbox."""
    return int(
        sum(
            value
            for name, value in counters.items()
            if name.startswith(("realtime_drops", "realtime_layer_drops"))
        )
    )


def _total(numbers: list[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return round(sum(known), 1) if known else None
