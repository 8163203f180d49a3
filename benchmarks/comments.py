"""A chapter that many read and talk about: how soon all have what one says, and what a page costs then.

Comments come by the form, as browsers send them, to the process that serves all readers' sockets.
Nothing comparable runs without Redis: what is held here are the house's own targets.
"""

from __future__ import annotations

from typing import Any

from benchmarks.harness import Figure, Row, at_most
from benchmarks.socket_house import chapter_to_read, socket_house

REPEATS = 3
READERS, EACH_SECOND, SECONDS = 500, 20, 10
#: ms from the form to the readers' pages, and for a page of the list meanwhile.
TOLD_TARGET, PAGE_TARGET = 250.0, 500.0
LIMITS = ("SOCKETS_PER_USER=100", "SOCKETS_PER_ADDRESS=1000")


def rows() -> list[Row]:
    found: list[dict[str, Any]] = []
    with socket_house(*LIMITS) as house:
        chapter = chapter_to_read(house)
        for _ in range(REPEATS):
            with house.load(
                "comments", number=READERS, each_second=EACH_SECOND, seconds=SECONDS, **chapter
            ) as load:
                found.append(load.run())
    told = Figure.of([one["p95"] for one in found], "ms")
    page = Figure.of([one["page_p95"] for one in found], "ms")
    shares = [one["delivered"] / (READERS * EACH_SECOND * SECONDS) * 100 for one in found]
    right = all(one["once_and_in_order"] and one["alike"] for one in found) and min(shares) == 100.0
    question = f"{READERS} readers of one chapter, {EACH_SECOND} comments/s"
    return [
        Row(
            f"{question}: each comment once and in order",
            Figure.of(shares, "%"),
            None,
            "all",
            right,
        ),
        Row(
            f"{question}: p95 from the form to all pages",
            told,
            None,
            f"≤ {TOLD_TARGET:.0f} ms",
            at_most(told, TOLD_TARGET),
        ),
        Row(
            f"{question}: p95 of a page of the list meanwhile",
            page,
            None,
            f"≤ {PAGE_TARGET:.0f} ms",
            at_most(page, PAGE_TARGET),
        ),
    ]
