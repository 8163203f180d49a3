"""A process is suspended (SIGSTOP) as a machine that sleeps, and goes on (SIGCONT)."""

from __future__ import annotations

from collections.abc import Callable

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import (
    assert_in_order_and_once,
    hears,
    listener_of,
    member,
    numbers,
    terminate,
)
from tests.realtime.stage import Actor, until

#: Seconds after it goes on.
BACK_IN = 5.0


def test_what_was_said_meanwhile_is_heard_afterwards(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec = ours(layer_database)
    here, there = start(spec), start(spec)
    channel = member(there, "sleeps")
    there.suspend()
    here("burst", group="sleeps", first=0, count=200)
    there.resume()
    hears(there, channel, 199, BACK_IN)
    assert numbers(there, channel) == list(range(200))
    assert there("counts")["reconnects"] == 0


def test_a_connection_lost_in_its_sleep_is_made_anew(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec = ours(layer_database)
    here, there = start(spec), start(spec)
    channel = member(there, "sleeps.deeply")
    there("watch_resumed")
    pid = until(lambda: listener_of(layer_database, channel))
    here("burst", group="sleeps.deeply", first=0, count=10)
    hears(there, channel, 9, BACK_IN)
    there.suspend()
    terminate(layer_database, pid)
    until(lambda: listener_of(layer_database, channel) is None)
    here("burst", group="sleeps.deeply", first=10, count=10)
    there.resume()
    until(lambda: there("resumed") == 1, BACK_IN)
    here("burst", group="sleeps.deeply", first=20, count=10)
    hears(there, channel, 29, BACK_IN)
    got = numbers(there, channel)
    assert_in_order_and_once(got)
    assert got == [*range(10), *range(20, 30)]
