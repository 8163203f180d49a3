"""Which machines rest, and how: each sentence of Fly's on autostop and suspend is a row."""

from __future__ import annotations

import random

import pytest

from esensi.fleet.balance import Candidate
from esensi.fleet.flyfile import Limits, parse
from esensi.fleet.scaling import excess, to_rest, way_to_rest

LIMITS = Limits(soft=10, hard=20)


def machines(*loads: int, region: str = "sin") -> list[Candidate]:
    return [Candidate(f"{region}{at}", region, load=load) for at, load in enumerate(loads)]


@pytest.mark.parametrize(
    ("loads", "expected"),
    [((0, 0, 0), 2), ((10, 0, 0), 1), ((10, 10, 0), 0), ((10, 10, 10), -1), ((0, 0), 1)],
)
def test_excess_is_machines_less_those_over_the_soft_limit_and_one(
    loads: tuple[int, ...], expected: int
) -> None:
    assert excess(machines(*loads), LIMITS) == expected


RESTS: dict[str, tuple[list[Candidate], int, list[str]]] = {
    "one machine without load rests": (machines(0), 0, ["sin0"]),
    "an open socket holds the last one awake": (machines(1), 0, []),
    "of two, one with sockets may rest": (machines(3, 2), 0, ["sin1"]),
    "not where the other is over its soft limit": (machines(10, 2), 0, []),
    "a pass rests at most one of a region": (machines(5, 0, 5), 0, ["sin1"]),
    "and one of each region": (
        machines(0) + machines(3, 2, region="syd"),
        0,
        ["sin0", "syd1"],
    ),
    "min_machines_running holds in the primary region": (machines(0), 1, []),
    "and in no other": (machines(0, region="syd"), 1, ["syd0"]),
    "above it there is excess as ever": (machines(4, 3), 1, ["sin1"]),
    "who rests already counts for nothing": (
        [*machines(1), Candidate("b", "sin", "stopped")],
        0,
        [],
    ),
}


@pytest.mark.parametrize("row", RESTS)
def test_who_rests_after_a_pass(row: str) -> None:
    found, least, expected = RESTS[row]
    chosen = to_rest(found, LIMITS, least_running=least, primary="sin", chance=random.Random(1))
    assert chosen == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, "off"),
        ({"http_service": {"auto_stop_machines": "stop"}}, "stop"),
        ({"http_service": {"auto_stop_machines": "suspend"}}, "suspend"),
        (
            {"http_service": {"auto_stop_machines": "suspend"}, "vm": [{"memory": "4gb"}]},
            "stop",
        ),
        ({"http_service": {"auto_stop_machines": "suspend"}, "swap_size_mb": 1}, "stop"),
    ],
    ids=["off by default", "stop", "suspend", "over 2 GB is stopped", "any swap is stopped"],
)
def test_how_a_machine_rests(words: dict[str, object], expected: str) -> None:
    assert way_to_rest(parse(words)) == expected
