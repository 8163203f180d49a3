"""The office's figures as charts, in the words of the house."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.books.models import BookStatus
from sites.desk.chart import Chart
from sites.internal.ages import span_in_words
from sites.internal.figures import BOOKS, DECIDED, NEWCOMERS, READERS, SUBMITTED, Figures


def charts(figures: Figures, now: datetime) -> list[Chart]:
    """Give the charts of what was counted."""
    shown = []
    if SUBMITTED in figures.asked:
        shown.append(_submissions(figures, now))
    if READERS in figures.asked:
        shown.append(_readers(figures))
    if NEWCOMERS in figures.asked:
        shown.append(_newcomers(figures))
    if BOOKS in figures.asked:
        shown.append(_books(figures))
    return shown


def _submissions(figures: Figures, now: datetime) -> Chart:
    if figures.median_age is None:
        says = _("Nothing waits.")
    else:
        says = ngettext(
            "%(count)d submission waits; half of them for longer than %(age)s.",
            "%(count)d submissions wait; half of them for longer than %(age)s.",
            figures.waiting,
        ) % {"count": figures.waiting, "age": span_in_words(now - figures.median_age, now)}
    return Chart(
        title=_("Submissions of each week"),
        says=says,
        heading=_("Week from"),
        labels=[date_format(day, "j M") for day in figures.weeks],
        series={
            _("Submitted"): figures.by_week(SUBMITTED),
            _("Decided"): figures.by_week(DECIDED),
        },
        name="chart-submissions",
    )


def _readers(figures: Figures) -> Chart:
    numbers = figures.by_day(READERS)
    says = ngettext("%(count)d reader today.", "%(count)d readers today.", numbers[-1])
    return Chart(
        title=_("Readers of each day"),
        says=says % {"count": numbers[-1]},
        heading=_("Day"),
        labels=_days(figures),
        series={_("Readers"): numbers},
        kind="line",
        name="chart-readers",
    )


def _newcomers(figures: Figures) -> Chart:
    numbers = figures.by_day(NEWCOMERS)
    says = ngettext(
        "%(count)d new account in %(days)d days.", "%(count)d new accounts in %(days)d days.",
        sum(numbers),
    )  # fmt: skip
    return Chart(
        title=_("New accounts of each day"),
        says=says % {"count": sum(numbers), "days": len(figures.days)},
        heading=_("Day"),
        labels=_days(figures),
        series={_("Accounts"): numbers},
        name="chart-newcomers",
    )


def _books(figures: Figures) -> Chart:
    numbers = figures.by_status()
    says = ngettext("%(count)d book in the house.", "%(count)d books in the house.", sum(numbers))
    return Chart(
        title=_("Books by status"),
        says=says % {"count": sum(numbers)},
        heading=capfirst(_("status")),
        labels=[str(label) for label in BookStatus.labels],
        series={_("Books"): numbers},
        kind="across",
        name="chart-books",
    )


def _days(figures: Figures) -> list[str]:
    return [date_format(day, "j M") for day in figures.days]
