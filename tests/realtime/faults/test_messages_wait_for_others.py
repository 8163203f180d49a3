"""A process starts while messages wait for others. channels-postgres 1.1.4 takes and deletes them."""

from __future__ import annotations

from collections.abc import Callable

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import rows_left
from tests.realtime.stage import Actor
from tests.waiting import until


def test_a_new_process_takes_nothing_of_anybody_elses(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    here = start(ours(layer_database))
    channel = here("new_channel")
    pad = "x" * 100_000
    for number in range(10):
        here("send", channel=channel, message={"type": "n", "n": number, "pad": pad})
        here("send", channel="wait.here", message={"type": "n", "n": number, "pad": pad})
    newcomer = start(ours(layer_database))
    own = newcomer("new_channel")
    assert newcomer("receive", channel=own, wait=1.0) is None
    assert [here("receive", channel=channel)["n"] for _ in range(10)] == list(range(10))
    assert [here("receive", channel="wait.here")["n"] for _ in range(10)] == list(range(10))
    newcomer("flush")
    assert here("receive", channel="wait.here", wait=0.2) is None


def test_long_messages_are_swept_when_they_have_expired(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    actor = start(ours(layer_database, expiry=0.5))
    channel = actor("new_channel")
    for number in range(5):
        actor("send", channel=channel, message={"type": "n", "n": number, "pad": "x" * 100_000})
    assert rows_left(layer_database) >= 5
    until(lambda: actor("sweep") or rows_left(layer_database) == 0, 5.0)
    assert actor("receive", channel=channel, wait=0.1) is None
