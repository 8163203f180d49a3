"""A chart says in its table what it draws."""

from __future__ import annotations

import json

from django.template.loader import render_to_string

from sites.desk.chart import LONGEST_LABEL, Chart, nothing_yet

LONG = "Yang Fana Adalah Waktu dan Segala yang Kita Punya"


def test_the_axis_may_be_shorter_than_the_table_and_shares_end_at_a_hundred() -> None:
    chart = Chart(
        title="Reached",
        says="",
        heading="Chapter",
        labels=["1. Laut", f"2. {LONG}"],
        series={"Here": [100, 40]},
        kind="line",
        ticks=["1", "2"],
        percent=True,
    )
    assert json.loads(chart.data)["labels"] == ["1", "2"]
    assert json.loads(chart.options)["scales"]["y"]["max"] == 100
    assert chart.rows == [("1. Laut", ("100 %",)), (f"2. {LONG}", ("40 %",))]


def test_a_label_too_long_for_the_axis_is_whole_in_the_table() -> None:
    chart = Chart(title="", says="", heading="", labels=[LONG], series={"Readers": [3]})
    (drawn,) = json.loads(chart.data)["labels"]
    assert len(drawn) == LONGEST_LABEL
    assert chart.rows == [(LONG, ("3",))]
    assert "max" not in json.loads(chart.options)["scales"]["y"]


def test_a_chart_without_anything_to_draw_says_so() -> None:
    page = render_to_string("desk/chart.html", {"chart": nothing_yet("Read", "None.", name="read")})
    assert 'id="read">Read<' in page
    assert "None." in page
    assert "<table" not in page
    assert 'class="desk-chart"' not in page
