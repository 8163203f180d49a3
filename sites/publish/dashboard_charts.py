"""An author's numbers as charts, in the words of the writing desk."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.desk.chart import Chart, nothing_yet
from sites.publish.dashboard import Dashboard, Reached


def charts(shown: Dashboard) -> dict[str, Chart]:
    """Give the charts by the names that the template knows them by; none for who has no books."""
    if not shown.books:
        return {}
    return {
        "readers_chart": _readers(shown),
        "words_chart": _words(shown),
        "reached_chart": reached_chart(shown.reached),
    }


def _readers(shown: Dashboard) -> Chart:
    """A bar for each book."""
    title, readers = _("Readers"), [one.readers for one in shown.books]
    if not any(readers):
        return nothing_yet(title, _("Nobody has begun to read yet."), name="readers")
    says = ngettext(
        "%(number)d reader, counted once in each book.",
        "%(number)d readers, counted once in each book.",
        sum(readers),
    )
    return Chart(
        title=title,
        says=says % {"number": sum(readers)},
        heading=_("Book"),
        labels=[one.book.title for one in shown.books],
        series={_("Readers"): readers},
        kind="across",
        name="readers",
    )


def reached_chart(points: Sequence[Reached]) -> Chart:
    """A line through the chapters of one book."""
    title = _("How far readers get")
    if not points:
        return nothing_yet(title, _("Nobody has begun to read this book yet."), name="reached")
    last = points[-1]
    return Chart(
        title=title,
        says=_("%(percent)d %% of the readers have come to chapter %(number)d.")
        % {"percent": last.percent, "number": last.number},
        heading=_("Chapter"),
        labels=[f"{one.number}. {one.title}" for one in points],
        series={_("Have come here"): [one.percent for one in points]},
        kind="line",
        name="reached",
        ticks=[str(one.number) for one in points],
        percent=True,
    )


def _words(shown: Dashboard) -> Chart:
    """A bar for each week, by the day on which it began."""
    words = [words for _monday, words in shown.weeks]
    says = ngettext(
        "%(number)d word written this week.",
        "%(number)d words written this week.",
        words[-1],
    )
    return Chart(
        title=_("Words of each week"),
        says=says % {"number": words[-1]},
        heading=_("Week from"),
        labels=[date_format(monday, "j M") for monday, _words in shown.weeks],
        series={_("Words"): words},
        name="words",
    )
