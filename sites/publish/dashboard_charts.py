"""The dashboard's figures as Unfold's charts take them: JSON for Chart.js, and a sentence for who
does not see them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.publish.dashboard import Dashboard

LONGEST_LABEL: Final = 20  # characters beside a bar on a phone
#: Between the muted inks of the light and the dark desk: a canvas has one colour for both.
TICKS: Final = "#74789E"
#: The room's dye, which Unfold reads from the stylesheet.
DYE: Final = "var(--room)"
BAR_HEIGHT: Final = 34  # CSS pixels for each book's bar


@dataclass(frozen=True)
class Chart:
    """``data`` and ``options`` are JSON; ``says`` tells the figure in one sentence; ``rows`` is its
    table, below ``heads``."""

    kind: str
    data: str
    options: str
    height: int
    says: str
    heads: tuple[str, str]
    rows: list[tuple[str, str]]


def charts(shown: Dashboard) -> dict[str, Chart | None]:
    """Give the charts by the names that the template knows them by."""
    if not shown.books:
        return {}
    return {
        "readers_chart": readers_chart(shown),
        "words_chart": words_chart(shown),
        "reached_chart": reached_chart(shown),
    }


def readers_chart(shown: Dashboard) -> Chart | None:
    """A bar for each book; None where nobody reads any."""
    total = sum(one.readers for one in shown.books)
    if not total:
        return None
    return Chart(
        "bar",
        _data([one.book.title for one in shown.books], [one.readers for one in shown.books]),
        _options(across=True),
        BAR_HEIGHT * len(shown.books) + 40,
        ngettext(
            "%(number)d reader, counted once in each book.",
            "%(number)d readers, counted once in each book.",
            total,
        )
        % {"number": total},
        (_("Book"), _("Readers")),
        [(one.book.title, str(one.readers)) for one in shown.books],
    )


def reached_chart(shown: Dashboard) -> Chart | None:
    """A line through the chapters of one book; None where nobody has begun."""
    if not shown.reached:
        return None
    last = shown.reached[-1]
    return Chart(
        "line",
        _data(
            [str(one.number) for one in shown.reached],
            [one.percent for one in shown.reached],
            line=2,
        ),
        _options(top=100),
        220,
        _("%(percent)d %% of the readers have come to chapter %(number)d.")
        % {"percent": last.percent, "number": last.number},
        (_("Chapter"), _("Have come here")),
        [(f"{one.number}. {one.title}", f"{one.percent} %") for one in shown.reached],
    )


def words_chart(shown: Dashboard) -> Chart:
    """A bar for each week, by the day on which it began."""
    days = [date_format(monday, "j M") for monday, _words in shown.weeks]
    words = [words for _monday, words in shown.weeks]
    return Chart(
        "bar",
        _data(days, words),
        _options(),
        220,
        ngettext(
            "%(number)d word written this week.",
            "%(number)d words written this week.",
            words[-1],
        )
        % {"number": words[-1]},
        (_("Week from"), _("Words")),
        [(day, str(count)) for day, count in zip(days, words, strict=True)],
    )


def _data(labels: list[str], values: list[int], *, line: int = 0) -> str:
    short = [Truncator(label).chars(LONGEST_LABEL) for label in labels]
    dataset = {
        "data": values,
        "backgroundColor": DYE,
        "borderColor": DYE,
        "borderWidth": line,
        "borderRadius": 2,
        "maxBarThickness": 18,
        "pointRadius": 2,
    }
    return json.dumps({"labels": short, "datasets": [dataset]})


def _options(*, across: bool = False, top: int | None = None) -> str:
    ticks = {"color": TICKS, "font": {"family": "Jakarta", "size": 13}}
    names: dict[str, Any] = {
        "ticks": {**ticks, "autoSkip": not across, "maxRotation": 0},
        "grid": {"display": False},
        "border": {"width": 0},
    }
    numbers: dict[str, Any] = {
        "beginAtZero": True,
        "ticks": {**ticks, "precision": 0, "maxTicksLimit": 5},
        "grid": {},
        "border": {"width": 0},
    }
    if top is not None:
        numbers["max"] = top
    return json.dumps(
        {
            "animation": False,
            "responsive": True,
            "maintainAspectRatio": False,
            "indexAxis": "y" if across else "x",
            "plugins": {"legend": {"display": False}},
            "scales": {"x": numbers, "y": names} if across else {"x": names, "y": numbers},
        }
    )
