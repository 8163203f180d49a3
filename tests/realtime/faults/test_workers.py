"""Two workers on one channel, in two processes, one of which is killed. With channels-postgres 1.1.4
every message was handled again, and after the first worker's death the second got nothing."""

from __future__ import annotations

from collections.abc import Callable

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import backends, rows_left
from tests.realtime.stage import Actor
from tests.waiting import until

COUNT = 40


def test_each_message_is_handled_once_whichever_worker_dies(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec = ours(layer_database)
    sender, first, second = start(spec), start(spec), start(spec)
    for worker in (first, second):
        worker("collect", channel="covers")
    for number in range(COUNT):
        sender("send", channel="covers", message={"type": "n", "n": number})
    taken = until(lambda: _taken(first, second, COUNT))
    assert sorted(taken) == list(range(COUNT))
    first.kill()
    for number in range(COUNT, 2 * COUNT):
        sender("send", channel="covers", message={"type": "n", "n": number})
    until(lambda: len(_numbers(second)) >= COUNT and max(_numbers(second)) == 2 * COUNT - 1)
    later = [number for number in _numbers(second) if number >= COUNT]
    assert later == list(range(COUNT, 2 * COUNT))
    assert rows_left(layer_database) == 0
    until(lambda: len(backends(layer_database, "realtime ")) <= 2 * 2)


def test_a_worker_that_gives_up_takes_nothing_along(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec = ours(layer_database)
    sender, worker = start(spec), start(spec)
    worker("new_channel")
    handled: list[int] = []
    for number in range(30):
        # A short wait that ends at about the moment when the message comes.
        waiting = worker.later("receive", channel="gives.up", wait=0.01)
        sender("send", channel="gives.up", message={"type": "n", "n": number})
        got = waiting()
        if got:
            handled.append(got["n"])
    while got := worker("receive", channel="gives.up", wait=1.0):
        handled.append(got["n"])
    assert sorted(handled) == list(range(30))


def test_a_group_with_a_workers_channel_hands_on_once(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    actor = start(ours(layer_database))
    actor("group_add", group="handed", channel="hands")
    actor("group_send", group="handed", message={"type": "n", "n": 1})
    assert actor("receive", channel="hands")["n"] == 1
    assert actor("receive", channel="hands", wait=0.3) is None
    actor("group_discard", group="handed", channel="hands")
    actor("group_send", group="handed", message={"type": "n", "n": 2})
    assert actor("receive", channel="hands", wait=0.3) is None


def _numbers(worker: Actor) -> list[int]:
    return [one["n"] for one in worker("collected", channel="covers")]


def _taken(first: Actor, second: Actor, count: int) -> list[int] | None:
    taken = _numbers(first) + _numbers(second)
    return taken if len(taken) >= count else None
