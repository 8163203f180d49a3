"""60 consumers start at once. channels-postgres 1.1.4 had 4 listeners then, and delivered 4 times."""

from __future__ import annotations

from collections.abc import Callable

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import backends
from tests.realtime.stage import Actor
from tests.waiting import until


def test_they_share_one_listener_and_hear_once(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    actor = start(ours(layer_database))
    before = len(backends(layer_database, "realtime listener"))
    actor("join", group="at.once", count=60)
    assert len(backends(layer_database, "realtime listener")) == before + 1
    for number in range(5):
        actor("group_send", group="at.once", message={"type": "n", "n": number})
    until(lambda: sum(actor("collected_counts")) >= 300)
    # What is said to itself afterwards comes afterwards: nothing more is on its way.
    channel = actor("new_channel")
    actor("send", channel=channel, message={"type": "n", "n": 9})
    assert actor("receive", channel=channel)["n"] == 9
    assert actor("collected_counts") == [5] * 60
