"""Two layers in one database, with a prefix each, know nothing of one another; channels-postgres 1.1.4
shares its pool and queues between layers that are configured differently."""

from __future__ import annotations

from collections.abc import Callable

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import hears, member, numbers
from tests.realtime.stage import Actor


def test_they_are_kept_apart(layer_database: str, start: Callable[..., Actor]) -> None:
    red, blue = (start(ours(layer_database, prefix=prefix)) for prefix in ("red", "blue"))
    channels = {actor: member(actor, "same.name") for actor in (red, blue)}
    red("group_send", group="same.name", message={"type": "n", "n": 1})
    red("send", channel="same.work", message={"type": "n", "n": 1})
    blue("send", channel="same.work", message={"type": "n", "n": 2})
    blue("flush")
    assert blue("receive", channel="same.work", wait=0.2) is None
    assert red("receive", channel="same.work")["n"] == 1
    red("group_send", group="same.name", message={"type": "n", "n": 3})
    hears(red, channels[red], 3, 5.0)
    assert numbers(red, channels[red]) == [1, 3]
    assert numbers(blue, channels[blue]) == []


def test_two_layers_in_one_process_are_kept_apart(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    """Each has its own connections, queues and limits."""
    actor = start(ours(layer_database, prefix="first"), program="tests.realtime.two_layers_actor")
    channels = actor("second_layer", prefix="second", capacity=2)
    for number in range(3):
        actor("group_send", group="both", message={"type": "n", "n": number})
    first, second = actor("of_two_layers", **channels, group="both", count=3)
    assert first == [0, 1, 2]
    assert second == [1000, 1001], "Its own, up to its own capacity."


def test_groups_are_spread_over_buckets(layer_database: str, start: Callable[..., Actor]) -> None:
    spec = ours(layer_database, buckets=16)
    here, there = start(spec), start(spec)
    channels = [member(there, f"bucket.{number}") for number in range(20)]
    for number in range(20):
        here("group_send", group=f"bucket.{number}", message={"type": "n", "n": number})
    for number, channel in enumerate(channels):
        hears(there, channel, number, 5.0)
        assert numbers(there, channel) == [number]
