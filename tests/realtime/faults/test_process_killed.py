"""A process with 1,000 members is killed. channels-postgres 1.1.4 and redis-core keep 1,000 rows, and
each later message to the group is written as often."""

from __future__ import annotations

from collections.abc import Callable

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import advisory_locks, backends, hears, member, rows_left
from tests.realtime.stage import Actor
from tests.waiting import until


def test_nothing_is_left_of_a_killed_process(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec = ours(layer_database)
    here, there = start(spec), start(spec)
    channel = member(here, "crowd")
    mine = len(backends(layer_database, "realtime "))
    there("join", group="crowd", count=1000)
    here("group_send", group="crowd", message={"type": "n", "n": 0})
    until(lambda: sum(there("collected_counts")) == 1000)
    there.kill()
    until(lambda: len(backends(layer_database, "realtime ")) <= mine + 1)
    assert rows_left(layer_database) == 0
    assert advisory_locks(layer_database) == 0
    before = here("counts")["statements"]
    here("group_send", group="crowd", message={"type": "n", "n": 1})
    assert here("counts")["statements"] == before + 1
    hears(here, channel, 1, 5.0)
