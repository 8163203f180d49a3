"""The reader in a browser: with and without scripts, by keys, at every width."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.reading_books import Library, make_library, paragraph_at_line, scroll
from tests.journeys.server import House

pytestmark = pytest.mark.journey

LIMIT = 15_000  # ms

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def books(house: House) -> Library:
    return make_library(house)


@pytest.fixture
def reading(books: Library, new_page: NewPage) -> Open:
    """Open a chapter of the test's books."""

    def open_chapter(path: str = "/journey/2/", **options: int | bool | str) -> Page:
        page = new_page(**options)
        page.goto(books.url(path))
        return page

    return open_chapter


# --- Turning pages ------------------------------------------------------------------------------


def test_arrow_keys_turn_the_chapters(reading: Open) -> None:
    page = reading("/journey/2/")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/journey/3/")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/journey/2/")


def test_arrow_keys_are_mirrored_where_books_run_from_the_right(reading: Open) -> None:
    page = reading("/journey-bahr/2/")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/journey-bahr/3/")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/journey-bahr/2/")


def test_the_line_of_progress_grows_from_where_the_book_begins(reading: Open) -> None:
    for path, runs_from_right in (("/journey/2/", False), ("/journey-bahr/2/", True)):
        page = reading(path)
        scroll(page, 2400)
        point = page.evaluate(
            "() => { const box = document.querySelector('#line b').getBoundingClientRect();"
            " return (box.left + box.right) / 2 / innerWidth }"
        )
        part = float(
            page.evaluate("document.getElementById('line').style.getPropertyValue('--part')")
        )
        assert 0.05 < part < 0.6
        assert math.isclose(point, 1 - part if runs_from_right else part, abs_tol=0.02)


def test_keys_open_what_they_name(reading: Open, books: Library) -> None:
    page = reading()
    page.keyboard.press("a")
    expect(page.locator("#settings")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#settings")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("ArrowRight")  # keys rest while their list is open
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("t")
    page.wait_for_url(books.url("/journey/#chapter-2"))


def test_keys_rest_in_fields_and_beside_modifiers(reading: Open, books: Library) -> None:
    page = reading()
    for keys in ("Control+ArrowRight", "Alt+Shift+t", "Meta+ArrowRight", "Control+a"):
        page.keyboard.press(keys)
    page.keyboard.press("a")
    page.locator("input[name=face]:checked").focus()
    page.keyboard.press("ArrowRight")  # chooses the next typeface
    page.keyboard.press("t")
    expect(page.locator("#reader")).to_have_attribute("data-face", "jelas")
    assert page.url == books.url("/journey/2/")
    expect(page.locator("#settings")).to_be_visible()


def test_the_bar_leaves_with_the_reader_and_comes_back(reading: Open) -> None:
    page = reading()
    bar = page.locator("#bar")

    def is_away() -> bool:
        return bool(bar.evaluate("(bar) => bar.classList.contains('is-away')"))

    scroll(page, 1600)
    assert is_away()
    scroll(page, -200)
    assert not is_away()
    scroll(page, 400)
    assert is_away()
    page.mouse.click(640, 450)  # on the text
    assert not is_away()
    scroll(page, 400)
    page.keyboard.press("Shift+Tab")
    bar.locator("a").first.focus()
    assert not is_away()
    expect(bar.locator("a").first).to_be_in_viewport()


# --- Settings -----------------------------------------------------------------------------------


def test_settings_apply_at_once_and_stay(reading: Open, books: Library) -> None:
    page = reading()
    page.locator("#aa summary").click()
    for label in ("Sepia", "Wide"):
        with page.expect_response("**/reading/", timeout=LIMIT) as response:
            page.get_by_label(label, exact=True).check()
        assert response.value.status == 204
    expect(page.locator("html")).to_have_attribute("data-theme", "sepia")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(245, 236, 217)"
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "sepia")
    expect(page.locator("#reader")).to_have_attribute("data-measure", "wide")
    page.goto(books.url("/journey/3/"))
    expect(page.locator("html")).to_have_attribute("data-theme", "sepia")


def test_the_line_being_read_stays_where_it_is_when_the_text_grows(reading: Open) -> None:
    page = reading()
    scroll(page, 3000)
    before = paragraph_at_line(page)
    for _step in range(5):
        page.keyboard.press("+")
    expect(page.locator("#reader")).to_have_attribute("data-size", "24")
    assert paragraph_at_line(page) == before
    page.set_viewport_size({"width": 420, "height": 900})
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    assert paragraph_at_line(page) == before


def test_size_ends_at_its_limits(reading: Open) -> None:
    page = reading()
    for _step in range(12):
        page.keyboard.press("-")
    expect(page.locator("#reader")).to_have_attribute("data-size", "16")
    expect(page.get_by_label("Smaller text")).to_be_disabled()


# --- Without scripts ----------------------------------------------------------------------------


def test_everything_is_there_without_scripts(books: Library, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    books.sign_in("no-script", page)
    page.goto(books.url("/journey/1/"))
    page.locator("#aa summary").click()
    page.get_by_label("Dark", exact=True).check()
    page.get_by_role("button", name="Apply").last.click()
    assert page.url == books.url("/journey/1/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("#aa summary").click()
    page.get_by_label("Larger text").click()
    expect(page.locator("#reader")).to_have_attribute("data-size", "20")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    page.locator("#next").click()
    assert page.url == books.url("/journey/2/")
    page.get_by_role("button", name="Mark my place").click()
    assert page.url == books.url("/journey/2/")
    expect(page.get_by_role("status")).to_contain_text("Your place is saved")
    page.get_by_role("link", name="Contents", exact=True).click()
    expect(page.locator("#chapter-2")).to_have_class("here")


# --- Long, wide and small -----------------------------------------------------------------------


def test_scrolling_a_long_chapter_measures_few_of_its_paragraphs(reading: Open) -> None:
    page = reading("/journey-long/1/")
    count = page.evaluate("document.querySelectorAll('.text p').length")
    assert count == 1400
    page.evaluate(
        """() => {
             const measure = Element.prototype.getBoundingClientRect;
             window.measured = 0;
             window.frames_seen = 0;
             Element.prototype.getBoundingClientRect = function () {
               window.measured += 1;
               return measure.call(this);
             };
             addEventListener('scroll', () => (window.frames_seen += 1));
           }"""
    )
    scroll(page, 8000)
    measured, frames = page.evaluate("[window.measured, window.frames_seen]")
    assert frames > 3
    assert measured / frames < 3 * math.log2(count)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_is_wider_than_the_page(reading: Open, books: Library, width: int) -> None:
    page = reading("/journey-wide/1/", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    wide = page.locator(".text :is(.scroll, pre, math[display=block])")
    assert wide.count() == 3
    for index in range(3):
        assert wide.nth(index).evaluate("(box) => box.getBoundingClientRect().right <= innerWidth")


def test_a_note_leads_back(reading: Open) -> None:
    page = reading("/journey-wide/1/")
    page.locator("a[role=doc-noteref]").click()
    assert page.url.endswith("#p-noteaaaa")
    page.locator("a[role=doc-backlink]").click()
    assert page.url.endswith("#p-callaaaa")


def test_the_printed_chapter_begins_with_its_title_and_ends_with_its_address(
    reading: Open, books: Library
) -> None:
    page = reading()
    page.emulate_media(media="print")
    shown = page.evaluate("document.body.innerText").strip()
    assert re.match(r"Chapter 2\s+Piece 2\s+1\. ", shown)
    assert shown.endswith(books.url("/journey/2/"))
    expect(page.locator("#bar")).to_be_hidden()
    expect(page.locator("#foot")).to_be_hidden()
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.text p')).color") == "rgb(0, 0, 0)"
    )
