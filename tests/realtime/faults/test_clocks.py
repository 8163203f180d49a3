"""Clocks that are wrong, or jump. In memory only a clock counts that never goes back; what lies in a
table is judged by the database's clock alone, whatever the machines believe."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import asking, hears, member, numbers, rows_left
from tests.realtime.stage import Actor
from tests.waiting import until

DAY = 86_400.0
LONG = 100_000


@pytest.mark.parametrize("ahead", [DAY, -DAY])
def test_machines_a_day_apart_understand_one_another(
    ahead: float, layer_database: str, start: Callable[..., Actor]
) -> None:
    here, there = start(ours(layer_database)), start(ours(layer_database))
    here("shift_clock", seconds=ahead)
    channel = member(there, "clocks")
    for number, pad in enumerate((10, LONG, 10)):
        message = {"type": "n", "n": number, "pad": "x" * pad}
        here("group_send", group="clocks", message=message)
        here("send", channel="clocks.work", message=message)
    hears(there, channel, 2, 5.0)
    assert numbers(there, channel) == [0, 1, 2]
    assert [there("receive", channel="clocks.work")["n"] for _ in range(3)] == [0, 1, 2]
    assert there("counts")["dropped"] == 0


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_clock_that_jumps_changes_nothing(
    jump: float, layer_database: str, start: Callable[..., Actor]
) -> None:
    """What waits is neither lost nor kept for a day, and the connection is not taken for a dead one."""
    actor = start(ours(layer_database, expiry=2.0))
    channel = actor("new_channel")
    actor("group_add", group="jump", channel=channel)
    actor("group_send", group="jump", message={"type": "n", "n": 0, "pad": "x" * LONG})
    actor("shift_clock", seconds=jump)
    assert actor("receive", channel=channel)["n"] == 0
    actor("group_send", group="jump", message={"type": "n", "n": 1})
    until(lambda: actor("sweep_boxes") == 1)
    # It expires two seconds later, by a clock that has not jumped.
    until(lambda: actor("sweep_boxes") == 0, 5.0)
    assert actor("receive", channel=channel, wait=0.2) is None
    until(lambda: actor("sweep") or rows_left(layer_database) == 0, 5.0)
    actor("group_send", group="jump", message={"type": "n", "n": 2})
    assert actor("receive", channel=channel)["n"] == 2
    assert actor("counts")["reconnects"] == 0


def test_a_database_whose_clock_jumps_holds_nothing_up(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    """A long message that has expired by then is lost and counted; what follows it comes."""
    here, there = start(ours(layer_database)), start(ours(layer_database))
    channel = member(there, "ahead")
    there.suspend()
    for number, pad in enumerate((10, LONG, 10)):
        message = {"type": "n", "n": number, "pad": "x" * pad}
        here("group_send", group="ahead", message=message)
    with asking(layer_database) as connection:
        connection.execute(
            "UPDATE realtime_longmessage SET expires_at = expires_at - interval '1 day'"
        )
    there.resume()
    hears(there, channel, 2, 5.0)
    assert numbers(there, channel) == [0, 2]
    assert there("counts")["dropped"] == 1
    until(lambda: here("sweep") or rows_left(layer_database) == 0, 5.0)
