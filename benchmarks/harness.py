"""Medians with intervals, of cases that take turns: noise of the machine meets all alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

#: Nine repeats: the second smallest and second largest bound the median with 96 % confidence
#: (binomial, n = 9, p = 1/2), which is as near to 95 % as order statistics come.
REPEATS = 9


@dataclass(frozen=True)
class Figure:
    """A median with its 95 % interval, in the unit of the samples."""

    median: float
    low: float
    high: float
    unit: str

    @classmethod
    def of(cls, samples: list[float], unit: str) -> Figure:
        ordered = sorted(samples)
        edge = 1 if len(ordered) >= REPEATS else 0
        return cls(statistics.median(ordered), ordered[edge], ordered[-1 - edge], unit)

    def __str__(self) -> str:
        return f"{self.median:.3g} {self.unit} [{self.low:.3g} – {self.high:.3g}]"


@dataclass(frozen=True)
class Row:
    """One line of the result: what was measured, against what, and whether the target is met.

    A target counts as missed only if the whole interval misses it.
    """

    question: str
    ours: Figure
    peer: Figure | None = None
    target: str = ""
    met: bool | None = None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def take_turns(
    cases: Mapping[str, Callable[[], float]], repeats: int = REPEATS
) -> dict[str, list[float]]:
    """Run every case once, then every case again: ``repeats`` times. Gives samples by case."""
    samples: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(repeats):
        for name, case in cases.items():
            samples[name].append(case())
    return samples


def ratio(ours: list[float], peer: list[float]) -> Figure:
    """Give the ratio of ours to the peer's, pair by pair."""
    return Figure.of([mine / theirs for mine, theirs in zip(ours, peer, strict=True)], "×")


def at_most(figure: Figure, limit: float) -> bool:
    return figure.low <= limit


def at_least(figure: Figure, limit: float) -> bool:
    return figure.high >= limit


def table(rows: list[Row]) -> str:
    """Give the rows as a Markdown table."""
    lines = ["| question | ours | peer | target | met |", "|---|---|---|---|---|"]
    for row in rows:
        met = {True: "yes", False: "NO", None: ""}[row.met]
        lines.append(f"| {row.question} | {row.ours} | {row.peer or ''} | {row.target} | {met} |")
    return "\n".join(lines)
