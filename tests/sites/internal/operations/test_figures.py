"""Reports of the house: what is counted between two heartbeats becomes a rate."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from realtime import registry
from realtime.events import LARGEST_EVENT, encode
from realtime.registry import COUNTED_AT, Identity, State
from sites.background.counted import Jobs, count_jobs
from sites.background.defer import defer
from sites.internal.operations.figures import MOST_LISTED, Reporter, now_as_json

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
JOBS = Jobs(3, 1, 2)
DATABASE = {"rooms": 9, "events": 0, "connections": 5, "people": 4, "listeners": 1, "queue": 0.0}


def row(number: int = 1, *, state: str = "serving", **counters: Any) -> dict[str, Any]:
    return {
        "id": f"{number:032x}",
        "machine": f"m{number}",
        "region": "sin",
        "version": "1",
        "state": state,
        "up_for": 12.3,
        "heartbeat_ago": 1.2,
        "sockets": 10,
        "rows": 10,
        "counters": counters,
    }


def found(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"instances": list(rows), "database": DATABASE}


def counted(at: float, publishes: int, deliveries: int, drops: int = 0) -> dict[str, Any]:
    return {
        COUNTED_AT: at,
        "realtime_publishes": publishes,
        "realtime_deliveries": deliveries,
        "realtime_drops{socket}": drops,
        "realtime_wake_up_seconds_count": publishes,
        "realtime_wake_up_seconds_sum": publishes * 0.002,
    }


def test_who_begins_to_look_knows_no_rate_yet() -> None:
    report = Reporter().reckon(found(row(1, **counted(100, 50, 500))), JOBS, AT)
    assert (report.publishes, report.deliveries, report.lag, report.drops) == (None, None, None, 0)
    assert (report.sockets, report.people, report.waiting, report.failed) == (10, 4, 3, 2)


def test_a_rate_is_by_the_clock_of_the_instance_that_counted() -> None:
    reporter = Reporter()
    reporter.reckon(found(row(1, **counted(100, 50, 500))), JOBS, AT)
    report = reporter.reckon(found(row(1, **counted(105, 60, 1000, drops=2))), JOBS, AT)
    assert (report.publishes, report.deliveries, report.lag) == (2.0, 100.0, 2.0)
    assert report.drops == 2
    assert report.instances[0].drops == 2
    # The same heartbeat read again: the rates stay, and nothing is dropped twice.
    again = reporter.reckon(found(row(1, **counted(105, 60, 1000, drops=2))), JOBS, AT)
    assert (again.publishes, again.drops) == (2.0, 0)


def test_an_instance_that_restarts_or_goes_leaves_no_wild_figure() -> None:
    reporter = Reporter()
    reporter.reckon(found(row(1, **counted(100, 50, 500)), row(2)), JOBS, AT)
    report = reporter.reckon(found(row(1, **counted(3, 1, 1))), JOBS, AT)
    assert (report.publishes, report.drops) == (None, 0)
    assert [one.machine for one in report.instances] == ["m1"]
    assert reporter._before.keys() == {f"{1:032x}"}


def test_the_silent_are_shown_and_not_counted() -> None:
    states = ("serving", "draining", "silent")
    rows = [row(number, state=state) for number, state in enumerate(states, start=1)]
    report = Reporter().reckon(found(*rows), JOBS, AT)
    assert (report.serving, report.sockets, len(report.instances)) == (1, 20, 3)


def test_the_largest_fleet_fits_into_one_message() -> None:
    rows = [row(n, **counted(1e6, 10**9, 10**9)) for n in range(1, MOST_LISTED + 8)]
    for one in rows:
        one |= {"machine": "m" * 64, "version": "deployment-01JABCDEFGHJKMNPQRSTVWXYZ0"}
    report = Reporter().reckon(found(*rows), JOBS, AT)
    assert (len(report.instances), report.unlisted) == (MOST_LISTED, 7)
    assert len(encode(report)) <= LARGEST_EVENT


@pytest.mark.django_db
def test_it_is_read_from_the_tables() -> None:
    me = Identity(uuid.uuid4().hex, "m1", "sin", "1")
    registry.register(me, State(7, False, {"realtime_rooms": 4}), [])
    before = count_jobs()
    defer("community.announce")
    report = now_as_json()
    assert json.loads(json.dumps(report)) == report
    listed = {one["id"]: one for one in report["instances"]}
    assert listed[str(uuid.UUID(me.id))]["rooms"] == 4
    assert report["waiting"] == before.waiting + 1
