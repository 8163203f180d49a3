from __future__ import annotations

import time

import pytest
from lxml import etree

from sites.books.importers.styles import Styles


def traits(css: str, markup: str) -> set[str]:
    styles = Styles()
    styles.add(css)
    return set(styles.traits(etree.fromstring(markup)))


@pytest.mark.parametrize(
    ("css", "markup", "expected"),
    [
        (".a { font-style: italic }", '<p class="x a"/>', {"italic"}),
        ("p.a { font-style: italic }", '<span class="a"/>', set()),
        ("p { text-align: center } p.a { text-align: left }", '<p class="a"/>', set()),
        ("P , .b{font-weight:BOLD !important;}", '<p class="b"/>', {"bold"}),
        (".a{-webkit-writing-mode:vertical-rl}", '<html class="a"/>', {"vertical-rl"}),
        (".a .b, .a > .b, .a:hover, #a { display: none }", '<p class="a b" id="a"/>', set()),
        ("@import 'x.css'; .a { font-style: italic }", '<p class="a"/>', {"italic"}),
        ("@media print { .a { font-weight: 700 } .b {} }", '<p class="a"/>', {"bold"}),
        ("/* .a{display:none} */ .a{direction:rtl}", '<p class="a"/>', {"rtl"}),
        (".a { color: red; src: url(x.otf) }", '<p class="a"/>', set()),
        ("", '<p style="font-style: italic; font-weight: bold"/>', {"italic", "bold"}),
        (".a{font-style:italic", '<p class="a"/>', {"italic"}),
        ("}}}{{{ .a { ; : ; font-style", '<p class="a"/>', set()),
    ],
)
def test_what_a_stylesheet_says(css: str, markup: str, expected: set[str]) -> None:
    assert traits(css, markup) == expected


@pytest.mark.parametrize("css", ["a" * 900_000, "/*" * 400_000, "{" * 900_000, ".a,{}" * 180_000])
def test_hostile_stylesheets_take_no_time(css: str) -> None:
    started = time.monotonic()
    traits(css, "<p/>")
    assert time.monotonic() - started < 10
