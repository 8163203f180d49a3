"""A chart as Unfold's components take it, with a sentence and a table for who does not see it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.text import Truncator

LONGEST_LABEL: Final = 28  # characters beside a bar on a phone
#: Between the muted inks of the light and the dark desk: a canvas has one colour for both.
TICKS: Final = "#74789E"
#: The room's dye and a lighter one beside it; Unfold reads them from the stylesheet.
DYES: Final = ("var(--room)", "var(--color-primary-400)")
BAR_HEIGHT: Final = 34  # CSS pixels for each bar of a chart that lies on its side
HEIGHT: Final = 220  # CSS pixels of one that stands


@dataclass(frozen=True)
class Chart:
    """``series`` holds one or two rows of numbers, by name, each as long as ``labels``; ``kind`` is
    ``bar``, ``across`` (bars that lie) or ``line``; ``says`` tells the figure in one sentence."""

    title: str
    says: str
    heading: str  # of the labels' column in the table
    labels: list[str]
    series: dict[str, list[int]]
    kind: str = "bar"
    #: The id of the chart's heading on its page.
    name: str = "chart"
    #: What stands at the axis where a label is too long for it; as long as ``labels``, or empty.
    ticks: Sequence[str] = ()
    #: Shares of a hundred: the axis ends there, and the table says so.
    percent: bool = False

    @property
    def rows(self) -> list[tuple[str, tuple[str, ...]]]:
        """The table, row by row."""
        unit = " %" if self.percent else ""
        numbers = zip(*self.series.values(), strict=True)
        return [
            (label, tuple(f"{number}{unit}" for number in row))
            for label, row in zip(self.labels, numbers, strict=True)
        ]

    @property
    def height(self) -> int:
        return BAR_HEIGHT * len(self.labels) + 40 if self.kind == "across" else HEIGHT

    @property
    def data(self) -> str:
        """JSON for Chart.js."""
        sets = [
            {
                "label": name,
                "data": numbers,
                "backgroundColor": dye,
                "borderColor": dye,
                "borderWidth": 2 if self.kind == "line" else 0,
                "borderRadius": 2,
                "maxBarThickness": 18,
                "pointRadius": 2,
            }
            for (name, numbers), dye in zip(self.series.items(), DYES, strict=False)
        ]
        labels = [Truncator(label).chars(LONGEST_LABEL) for label in self.ticks or self.labels]
        return json.dumps({"labels": labels, "datasets": sets})

    @property
    def options(self) -> str:
        """JSON for Chart.js: nothing moves, whole numbers, our own face."""
        across = self.kind == "across"
        face = {"color": TICKS, "font": {"family": "Jakarta", "size": 13}}
        names: dict[str, Any] = {
            "ticks": {**face, "autoSkip": not across, "maxRotation": 0},
            "grid": {"display": False},
            "border": {"width": 0},
        }
        numbers: dict[str, Any] = {
            "beginAtZero": True,
            "ticks": {**face, "precision": 0, "maxTicksLimit": 5},
            "grid": {},
            "border": {"width": 0},
        }
        if self.percent:
            numbers["max"] = 100
        legend = {"display": len(self.series) > 1, "align": "start", "labels": face}
        return json.dumps(
            {
                "animation": False,
                "responsive": True,
                "maintainAspectRatio": False,
                "indexAxis": "y" if across else "x",
                "plugins": {"legend": legend},
                "scales": {"x": numbers, "y": names} if across else {"x": names, "y": numbers},
            }
        )


def nothing_yet(title: str, says: str, *, name: str) -> Chart:
    """Give a chart that has nothing to draw, and says so."""
    return Chart(title=title, says=says, heading="", labels=[], series={}, name=name)
