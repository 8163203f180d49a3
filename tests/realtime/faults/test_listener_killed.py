"""The listener's connection is killed, again and again, while messages flow.

channels-postgres 1.1.4 was deaf for ever, without an error. What is said while a listener is away is
lost, which is what "at most once" allows: here it is counted, and whoever asked is told `resumed`.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import (
    assert_in_order_and_once,
    backends,
    gaps,
    hears,
    listener_of,
    member,
    numbers,
    rows_left,
    terminate,
)
from tests.realtime.stage import Actor
from tests.waiting import until

#: Seconds between two messages, and until they are heard again.
EVERY, BACK_IN = 0.004, 2.0


@pytest.mark.parametrize("kills", [8, pytest.param(100, marks=pytest.mark.soak)])
@pytest.mark.timeout(600)
def test_messages_flow_again_within_two_seconds(
    kills: int,
    layer_database: str,
    start: Callable[..., Actor],
) -> None:
    spec = ours(layer_database, capacity=100_000)
    here, there = start(spec), start(spec)
    channel = member(there, "killed")
    there("watch_resumed")
    before = backends(layer_database, "realtime ")
    streaming = here.later("stream", group="killed", every=EVERY, seconds=kills * 0.6 + 2)
    longest = 0.0
    for kill in range(kills):
        hears(there, channel, 0, BACK_IN)
        pid = until(lambda: listener_of(layer_database, channel))
        terminate(layer_database, pid)
        killed = time.monotonic()
        until(lambda kill=kill: there("resumed") > kill, BACK_IN, every=0.01)
        heard = len(numbers(there, channel))
        until(lambda heard=heard: len(numbers(there, channel)) > heard, BACK_IN, every=0.01)
        longest = max(longest, time.monotonic() - killed)
        time.sleep(0.1)  # messages flow between two faults
    said = streaming(patience=kills + 60)
    assert said["failed"] == []
    hears(there, channel, said["sent"][-1], BACK_IN)
    got = numbers(there, channel)
    assert_in_order_and_once(got)
    missing = gaps(got)
    lost = len(said["sent"]) - len(got)
    assert len(missing) <= kills, "More gaps than faults."
    assert there("resumed") == kills == there("counts")["reconnects"]
    assert longest <= BACK_IN
    assert lost <= kills * BACK_IN / EVERY
    assert rows_left(layer_database) == 0
    # Those on which `here` sends: its loop's, and the one it began with.
    assert len(backends(layer_database, "realtime ")) <= len(before) + 2
    facts = f"{kills} kills: {lost} of {len(said['sent'])} lost, heard again within {longest:.3f} s"
    print(facts)  # noqa: T201 - the figures are what a soak is for


def test_it_comes_back_soon_however_often_it_is_killed_at_once(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    """The pause before it comes back grows while no connection can be made, and not because of kills."""
    actor = start(ours(layer_database))
    channel = actor("new_channel")
    for kill in range(10):
        terminate(layer_database, until(lambda: listener_of(layer_database, channel)))
        until(lambda kill=kill: actor("counts")["reconnects"] > kill, BACK_IN, every=0.005)


def test_half_of_a_message_in_parts_is_nothing(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    """Messages of several payloads flow while the listener is killed: each comes whole or not."""
    spec = ours(layer_database, capacity=100_000)
    here, there = start(spec), start(spec)
    channel = member(there, "parts")
    pad = "é" * 15_000
    for number in range(60):
        if number % 20 == 10:
            until(lambda number=number: there("counts")["reconnects"] == number // 20)
            terminate(layer_database, until(lambda: listener_of(layer_database, channel)))
        here("group_send", group="parts", message={"type": "n", "n": number, "pad": pad})
    until(lambda: there("counts")["reconnects"] == 3)
    here("group_send", group="parts", message={"type": "n", "n": 60, "pad": pad})
    hears(there, channel, 60, BACK_IN)
    got = there("collected", channel=channel)
    assert_in_order_and_once([one["n"] for one in got])
    assert all(one["pad"] == pad for one in got)


def test_the_senders_connection_is_killed(layer_database: str, start: Callable[..., Actor]) -> None:
    spec = ours(layer_database, capacity=100_000)
    here, there = start(spec), start(spec)
    channel = member(there, "senders")
    mine = here("new_channel")
    endpoint = mine.partition("!")[0].rpartition(".")[2]
    streaming = here.later("stream", group="senders", every=EVERY, seconds=3)
    for _ in range(5):
        heard = len(numbers(there, channel))
        until(lambda heard=heard: len(numbers(there, channel)) > heard)
        for pid in backends(layer_database, f"realtime sender {endpoint}"):
            terminate(layer_database, pid)
    said = streaming(patience=60)
    hears(there, channel, said["sent"][-1], BACK_IN)
    got = numbers(there, channel)
    assert_in_order_and_once(got)
    # What was said without an error has arrived; of what failed it is unknown, and it comes once.
    assert set(said["sent"]) <= set(got)
    assert {error for _number, error in said["failed"]} <= {"NotConnected"}
    assert len(said["failed"]) <= 5
