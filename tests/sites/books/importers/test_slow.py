"""Pages that would take minutes, were anything in their reading more than linear."""

from __future__ import annotations

import io
import time
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress

import pytest

from sites.books.importers import limits
from sites.books.importers.epub import read_epub
from sites.books.importers.errors import ImportRefused, TakesTooLong
from tests.sites.books.importers.epub_builder import Epub, page, picture, small_book

PAGES: dict[str, Callable[[], str]] = {
    "line breaks": lambda: "<p>a" + "<br/>" * 60_000 + "b</p>",
    "rules": lambda: "<p>a</p>" + "<hr/>" * 60_000,
    "paragraphs": lambda: "<p>a</p>" * 60_000,
    "headings": lambda: "<h1>a</h1>" * 20_000 + "<p>b</p>",
    "spans around spans, a block at the end": lambda: (
        "<span>" * 70 + "<i/>" * 60_000 + "<p>a</p>" + "</span>" * 70
    ),
    "tables in tables": lambda: (
        "<table><tr><td>" * 20 + "<i>a</i>" * 20_000 + "</td></tr></table>" * 20
    ),
    "lists in lists": lambda: "<ul><li>" * 35 + "<i>a</i>" * 20_000 + "</li></ul>" * 35,
    "links in links": lambda: "<p>" + "<a href='#x'>" * 70 + "a " * 60_000 + "</a>" * 70 + "</p>",
    "dots": lambda: "<p>" + "." * 900_000 + "a</p>",
    "stars": lambda: "<p>" + "* " * 400_000 + "a</p>",
    "verse by lines": lambda: "<div class='verse'>" + "a\n" * 60_000 + "</div>",
    "anchors": lambda: "".join(f'<a id="x{n}"/>' for n in range(40_000)) + "<p>a</p>",
    "spaces": lambda: "<p>a" + " " * 3_000_000 + "b</p>",
    "styles": lambda: "<p style='" + "font-style:italic;" * 20_000 + "'>a</p>",
    "classes": lambda: "<p class='" + "a " * 800_000 + "'>a</p>",
}


@pytest.mark.parametrize("body", PAGES.values(), ids=PAGES.keys())
def test_a_page_is_read_or_refused_in_seconds(body: Callable[[], str]) -> None:
    content = Epub().page("a.xhtml", body(), toc_title="A").build()
    started = time.monotonic()
    with suppress(ImportRefused):
        read_epub(io.BytesIO(content))
    assert time.monotonic() - started < 30  # up to 3 s where this was written


def test_twenty_thousand_lines_of_contents_in_one_page_take_seconds() -> None:
    body = "".join(f'<p id="x{n}">word word word</p>' for n in range(19_000))
    epub = Epub().page("a.xhtml", body).entry("All", "a.xhtml")
    for number in range(19_000):
        epub.entry(f"Line {number}", f"a.xhtml#x{number}", 1)
    epub.instead["OPS/nav.xhtml"] = page(
        '<nav epub:type="toc"><ol><li><a href="a.xhtml">All</a><ol>'
        + "".join(f'<li><a href="a.xhtml#x{n}">{n}</a></li>' for n in range(19_000))
        + "</ol></li></ol></nav>"
    )
    started = time.monotonic()
    read_epub(epub.open())
    assert time.monotonic() - started < 60


def test_a_stylesheet_of_rules_without_end_takes_seconds() -> None:
    css = "".join(f".c{n}{{font-style:italic}}" for n in range(40_000))
    epub = Epub().file("s.css", css, "text/css")
    for number in range(20):
        link = '<link rel="stylesheet" href="s.css"/>'
        epub.page(f"p{number}.xhtml", f"<h1>{number}</h1><p class='c1'>a</p>", head=link)
    started = time.monotonic()
    assert len(read_epub(epub.open()).chapters) == 20
    assert time.monotonic() - started < 30


def scanned_pages(count: int) -> Epub:
    epub = Epub()
    for number in range(count):
        epub.file(f"{number}.png", picture(colour=f"#0000{number:02x}"), "image/png")
        epub.page(f"{number}.xhtml", f'<h1>{number}</h1><p><img src="{number}.png"/></p>')
    return epub


def shown_on_one_page(count: int, show: str) -> Epub:
    data = [
        f"data:image/png;base64,{b64encode(picture(colour=f'#0000{n:02x}')).decode()}"
        for n in range(count)
    ]
    return Epub().page("a.xhtml", "".join(f"<p>{show.format(each)}</p>" for each in data))


LONG_WORK: dict[str, Callable[[], Epub]] = {
    "pages": lambda: small_book(chapters=80),
    "pages with pictures": lambda: scanned_pages(80),
    "pictures within one page": lambda: shown_on_one_page(80, '<img src="{}"/>'),
    "pictures within drawings": lambda: shown_on_one_page(
        80, '<svg xmlns="http://www.w3.org/2000/svg" width="9"><image href="{}"/><path/></svg>'
    ),
}


@pytest.mark.parametrize("build", LONG_WORK.values(), ids=LONG_WORK.keys())
def test_a_file_that_takes_too_long_is_refused_at_its_time(build: Callable[[], Epub]) -> None:
    """The clock stands for work: each look at it is a minute later than the one before."""
    asked = 0

    def clock() -> float:
        nonlocal asked
        asked += 1
        return 60.0 * asked

    with pytest.raises(TakesTooLong, match=r"^Reading the file takes more than 30 minutes: "):
        read_epub(build().open(), clock=clock)
    assert asked == limits.READING_SECONDS / 60 + 2


def test_a_file_in_time_is_read() -> None:
    assert len(read_epub(scanned_pages(3).open(), clock=lambda: 0.0).pictures) == 3
