"""Sockets of one process, as deployed: what an idle one costs, and how fast many hear.

Nothing comparable runs without Redis: what is held here are the house's own targets.
"""

from __future__ import annotations

from typing import Any

from benchmarks.harness import Figure, Row, at_most
from benchmarks.socket_house import SocketHouse, socket_house

#: Each figure comes from this many runs on the same house; the largest of three is told as well.
REPEATS = 3
IDLE = 5_000
IDLE_TARGET = 40.0  # KB
ONE_TARGET, CORE_TARGET = 40.0, 20.0  # ms, % of a core
ALL_TARGET = 60.0  # ms
SECONDS = 5
#: A page of a reader: oneself, a book, a chapter.
PAGE = ["stage_self.{user}", "stage_open.book", "stage_open.chapter"]
#: Sockets enough for the load of one person's machine.
LIMITS = ("SOCKETS_PER_USER=100", "SOCKETS_PER_ADDRESS=1000")


def rows() -> list[Row]:
    with socket_house(*LIMITS) as house:
        one = _to_all(house, "one_to_all", 500)
        few = _to_all(house, "all_to_all", 250)
        many = _to_all(house, "all_to_all", 500)
    return [
        _idle(),
        *_fast("one sender, 10/s to 500 sockets", one, ONE_TARGET),
        _cpu(one),
        *_fast("250 sockets, each to all each second", few, ALL_TARGET),
        *_fast("500 sockets, each to all each second", many, ALL_TARGET),
    ]


def _idle() -> Row:
    samples = []
    for _ in range(REPEATS):
        with socket_house(*LIMITS) as house:
            with house.load("idle", number=20, rooms=PAGE):
                pass  # what is imported with the first socket
            before = house.memory
            with house.load("idle", number=IDLE, rooms=PAGE) as load:
                samples.append((house.memory - before) / IDLE)
                assert load.run() == {"open": IDLE, "codes": []}
    figure = Figure.of(samples, "KB")
    question = f"an idle socket of {IDLE}, signed in, in three rooms"
    return Row(question, figure, None, f"≤ {IDLE_TARGET:.0f} KB", at_most(figure, IDLE_TARGET))


def _to_all(house: SocketHouse, what: str, number: int) -> list[dict[str, Any]]:
    found = []
    for turn in range(REPEATS):
        room = f"stage_open.load{turn}"
        with house.load(what, number=number, rooms=[room], seconds=SECONDS) as load:
            before = house.cpu
            found.append(load.run() | {"cpu": (house.cpu - before) / SECONDS * 100})
    return found


def _fast(question: str, found: list[dict[str, Any]], target: float) -> list[Row]:
    p95 = Figure.of([one["p95"] for one in found], "ms")
    shares = [one["delivered"] / one["expected"] * 100 for one in found]
    arrived = Figure.of(shares, "%")
    return [
        Row(f"{question}: p95", p95, None, f"≤ {target:.0f} ms", at_most(p95, target)),
        Row(f"{question}: delivered", arrived, None, "all", min(shares) == 100.0),
    ]


def _cpu(found: list[dict[str, Any]]) -> Row:
    figure = Figure.of([one["cpu"] for one in found], "% of a core")
    question = "one sender, 10/s to 500 sockets: processor"
    return Row(question, figure, None, f"≤ {CORE_TARGET:.0f} %", at_most(figure, CORE_TARGET))
