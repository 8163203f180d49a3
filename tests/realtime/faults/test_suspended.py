"""A process is suspended (SIGSTOP) as a machine that sleeps, and goes on (SIGCONT)."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import (
    advisory_locks,
    assert_in_order_and_once,
    backends,
    hears,
    listener_of,
    member,
    numbers,
    rows_left,
    terminate,
)
from tests.realtime.stage import Actor
from tests.waiting import until

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


@pytest.mark.parametrize("seconds", [4.0, pytest.param(60.0, marks=pytest.mark.soak)])
@pytest.mark.timeout(200)
def test_a_long_sleep_under_load_holds_nobody_up(
    seconds: float, layer_database: str, start: Callable[..., Actor]
) -> None:
    """60 seconds are longer than keepalives and the message to oneself take. More is said meanwhile
    than sockets hold, so that the server's process for the sleeper stands still, too."""
    spec = ours(layer_database, capacity=100_000)
    here, there, awake = start(spec), start(spec), start(spec)
    channel, other = member(there, "sleeps.long"), member(awake, "sleeps.long")
    there("watch_resumed")
    before = len(backends(layer_database, "realtime "))
    there.suspend()
    pacing = here.later("stream", group="sleeps.long", every=0.004, seconds=seconds, pad=4000)
    said = pacing(patience=seconds + 30)
    assert said["failed"] == []
    hears(awake, other, said["sent"][-1], BACK_IN)
    assert numbers(awake, other) == said["sent"], "Who is awake hears all of it meanwhile."
    there.resume()
    woken = time.monotonic()
    last = said["sent"][-1] + 1
    here("burst", group="sleeps.long", first=last, count=1)
    hears(there, channel, last, BACK_IN)
    assert time.monotonic() - woken <= BACK_IN
    got = numbers(there, channel)
    assert_in_order_and_once(got)
    if not there("resumed"):  # it has kept its connection, and with it everything
        assert got == [*said["sent"], last]
    assert rows_left(layer_database) == advisory_locks(layer_database) == 0
    assert len(backends(layer_database, "realtime ")) <= before + 2
