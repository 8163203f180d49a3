"""Code that is not asynchronous comes with a new event loop for each message, from threads as well
(channels_redis #332: "event loop is closed"). It costs no connection each, and leaves none."""

from __future__ import annotations

from collections.abc import Callable

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import backends, hears, member, numbers
from tests.realtime.stage import Actor
from tests.waiting import until


def test_loops_of_one_message_share_a_connection(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec = ours(layer_database, capacity=10_000)
    here, there = start(spec), start(spec)
    channel = member(there, "loops.short")
    before = len(backends(layer_database, "realtime "))
    here("thread_sends", group="loops.short", threads=4, count=100, patience=60)
    until(lambda: len(numbers(there, channel)) == 400)
    assert len(backends(layer_database, "realtime ")) == before + 1
    got = numbers(there, channel)
    assert sorted(got) == sorted([*range(100)] * 4)


def test_a_loop_that_gets_a_connection_of_its_own_keeps_its_order(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    """A loop's first messages go through the process's own, and a long one is fetched for a while."""
    spec = ours(layer_database)
    there = start(spec)
    channel = member(there, "order")
    for round_ in range(5):
        here = start(spec)
        for number, pad in enumerate((500_000, 500_000, 10, 500_000, 10)):
            message = {"type": "n", "n": 10 * round_ + number, "pad": "x" * pad}
            here("group_send", group="order", message=message)
        hears(there, channel, 10 * round_ + 4, 5.0)
    assert numbers(there, channel) == [10 * one + number for one in range(5) for number in range(5)]


def test_loops_that_hear_leave_nothing(layer_database: str, start: Callable[..., Actor]) -> None:
    here = start(ours(layer_database))
    before = len(backends(layer_database, "realtime "))
    here("loops", count=20, patience=60)
    # The last of them is let go when the next begins.
    until(lambda: len(backends(layer_database, "realtime ")) <= before + 2)
    assert not [line for line in here.said if "never" in line or "destroyed" in line]


def test_a_tests_database_can_be_dropped(layer_database: str, start: Callable[..., Actor]) -> None:
    """Pools of channels-postgres keep theirs from being."""
    here = start(ours(layer_database))
    before = len(backends(layer_database, "realtime "))
    here("sync_sends", group="dropped", count=2)
    assert len(backends(layer_database, "realtime ")) == before + 1
    here("close_all")
    until(lambda: len(backends(layer_database, "realtime ")) == before)
    here("sync_sends", group="dropped", count=2)  # and it goes on afterwards


def test_a_child_process_speaks_for_itself(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec = ours(layer_database)
    here, there = start(spec), start(spec)
    channel, own = member(there, "child"), member(here, "child")
    here("group_send", group="child", message={"type": "n", "n": 1})
    assert here("fork_send", group="child", number=2) == 0
    here("group_send", group="child", message={"type": "n", "n": 3})
    hears(there, channel, 3, 5.0)
    hears(here, own, 3, 5.0)
    assert numbers(there, channel) == [1, 2, 3] == numbers(here, own)
    assert here("counts")["reconnects"] == 0


def test_closing_tells_whoever_waits(layer_database: str, start: Callable[..., Actor]) -> None:
    here = start(ours(layer_database))
    channel = here("new_channel")
    waiting = [here.later("receive", channel=name, wait=15.0) for name in (channel, "no.work")]
    here("send", channel=channel, message={"type": "n", "n": 1})
    assert waiting[0]()["n"] == 1
    waiting[0] = here.later("receive", channel=channel, wait=15.0)
    here("counts")
    here("close")
    for wait in waiting:
        try:
            assert wait() is None, "Nothing came, and nothing was said."
        except Exception as error:  # noqa: BLE001 - the class is asked
            assert "NotConnected" in str(error)  # noqa: PT017 - of several that may come
    until(lambda: not backends(layer_database, f"realtime listener {_endpoint(channel)}"))


def _endpoint(channel: str) -> str:
    return channel.partition("!")[0].rpartition(".")[2]
