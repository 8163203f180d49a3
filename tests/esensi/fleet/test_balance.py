"""Which machine takes a request: each sentence of Fly's on load, closeness and starting is a row."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from esensi.fleet.balance import Answer, Candidate, Level, State, choose, level
from esensi.fleet.flyfile import Limits

LIMITS = Limits("connections", soft=10, hard=20)


def machine(id: str, load: int = 0, **more: Any) -> Candidate:
    return Candidate(id, **{"region": "sin", "load": load, **more})


def resting(id: str, state: State = "stopped", **more: Any) -> Candidate:
    return machine(id, state=state, **more)


@pytest.mark.parametrize(
    ("load", "limits", "expected"),
    [
        (9, LIMITS, Level.FREE),
        (10, LIMITS, Level.BUSY),
        (19, LIMITS, Level.BUSY),
        (20, LIMITS, Level.FULL),
        (10_000, Limits(soft=10), Level.BUSY),
    ],
)
def test_a_load_counts_by_the_limits_it_has_reached(
    load: int, limits: Limits, expected: Level
) -> None:
    assert level(load, limits) is expected


TAKES: dict[str, tuple[list[Candidate], Answer]] = {
    "the least loaded takes it": ([machine("a", 5), machine("b", 3)], Answer("take", "b")),
    "then the closest: at the same load this region's": (
        [machine("a", 3, region="syd"), machine("b", 3)],
        Answer("take", "b"),
    ),
    "soft limits never shift traffic across regions": (
        [machine("a", 0, region="syd"), machine("b", 15)],
        Answer("take", "b"),
    ),
    "a hard limit does": (
        [machine("a", 0, region="syd"), machine("b", 20)],
        Answer("take", "a"),
    ),
    "and so does a region without a healthy machine": (
        [machine("a", 0, region="syd"), machine("b", is_led_to=False)],
        Answer("take", "a"),
    ),
    "at the soft limit only if all others are too": (
        [machine("a", 10), machine("b", 9)],
        Answer("take", "b"),
    ),
    "where all are, the least loaded": ([machine("a", 12), machine("b", 11)], Answer("take", "b")),
    "at the hard limit no new traffic: the request waits": (
        [machine("a", 20), machine("b", 25)],
        Answer("wait"),
    ),
    "a cordoned or failing machine is not led to, and not waited for in vain": (
        [machine("a", is_led_to=False), machine("b", 19)],
        Answer("take", "b"),
    ),
    "where none is healthy the request waits": (
        [machine("a", is_led_to=False)],
        Answer("wait"),
    ),
    "while the only machine is replaced the request waits": (
        [machine("a", state="stopping")],
        Answer("wait"),
    ),
    "without any machine it is refused": ([], Answer("refuse")),
    "one that failed and is started again is waited for": (
        [machine("a", state="restarting")],
        Answer("wait"),
    ),
    "a failed machine is none": ([machine("a", state="failed")], Answer("refuse")),
}


@pytest.mark.parametrize("row", TAKES)
def test_who_takes_a_request(row: str) -> None:
    machines, expected = TAKES[row]
    found = choose(machines, LIMITS, near=["sin"], may_start=True, chance=random.Random(1))
    assert found == expected


STARTS: dict[str, tuple[list[Candidate], bool, Answer]] = {
    "from zero, the first request starts a machine": (
        [resting("a"), resting("b", region="syd")],
        True,
        Answer("start", "a"),
    ),
    "a suspended one as well": ([resting("a", "suspended")], True, Answer("start", "a")),
    "where all running are over the soft limit, one is started": (
        [machine("a", 10), resting("b")],
        True,
        Answer("start", "b"),
    ),
    "below the soft limit nobody is": (
        [machine("a", 9), resting("b")],
        True,
        Answer("take", "a"),
    ),
    "the closest is started": (
        [resting("a", region="syd"), resting("b")],
        True,
        Answer("start", "b"),
    ),
    "one at a time: others go on to who runs": (
        [machine("a", 10), machine("b", state="starting"), resting("c")],
        True,
        Answer("take", "a"),
    ),
    "or wait for who starts": (
        [machine("b", state="starting"), resting("c")],
        True,
        Answer("wait"),
    ),
    "without autostart a request to none running fails": (
        [resting("a")],
        False,
        Answer("refuse"),
    ),
    "without autostart the soft limit is no reason": (
        [machine("a", 19), resting("b")],
        False,
        Answer("take", "a"),
    ),
}


@pytest.mark.parametrize("row", STARTS)
def test_who_is_started_for_a_request(row: str) -> None:
    machines, may_start, expected = STARTS[row]
    found = choose(machines, LIMITS, near=["sin"], may_start=may_start, chance=random.Random(1))
    assert found == expected


def test_ties_are_random() -> None:
    chance, machines = random.Random(2), [machine("a"), machine("b"), machine("c")]
    found = Counter(
        choose(machines, LIMITS, near=["sin"], may_start=True, chance=chance).id for _ in range(300)
    )
    assert set(found) == {"a", "b", "c"}
    assert min(found.values()) > 50
