"""A reader reads, follows and says something; the author's page of numbers follows, without a reload."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.live import LIMIT
from tests.journeys.read_book import READERS, make_read_book
from tests.journeys.server import House
from tests.waiting import until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def figure(page: Page, name: str) -> Locator:
    return page.locator(f"[data-figure={name}]")


def last_row(page: Page, chart: str) -> str:
    """What the table of a chart says of this week."""
    return page.locator(f"[data-chart={chart}] tbody tr").last.text_content() or ""


def test_the_numbers_of_a_book_follow_its_readers(house: House, new_page: NewPage) -> None:
    book = make_read_book(house, "Kabut yang dibaca")
    author, reader = new_page(), new_page(width=360, height=740, locale="id-ID")
    sign_in(author, house, "author")
    author.goto(book.desk(f"/books/book/{book.key}/numbers/"))
    expect(figure(author, "now")).to_have_text("0", timeout=LIMIT)
    expect(figure(author, "readers")).to_have_text(str(READERS))
    comments = int(figure(author, "comments").text_content() or "")
    author.evaluate("globalThis.isTheSamePage = true")
    # From here on nothing but the line makes the page ask: with it, it asks by itself in five minutes.
    sign_in(reader, house, "reader")
    reader.goto(house.url("chapter", f"/{book.slug}/3/"))
    expect(figure(author, "now")).to_have_text("1", timeout=LIMIT)
    expect(figure(author, "readers")).to_have_text(str(READERS + 1), timeout=LIMIT)

    reader.goto(house.url("chapter", f"/{book.slug}/3/comments/"))
    reader.locator("form[data-write] textarea").first.fill("Saya suka ibu itu.")
    reader.locator("form[data-write] button").first.click()
    expect(figure(author, "comments")).to_have_text(str(comments + 1), timeout=LIMIT)

    week = last_row(author, "followed")
    reader.goto(house.url("main", f"/books/{book.slug}/"))
    reader.locator("form[action$='/follow/'] button").first.click()
    expect(figure(author, "followers")).to_have_text(str(READERS + 1), timeout=LIMIT)
    until(lambda: last_row(author, "followed") != week)
    assert author.evaluate("globalThis.isTheSamePage")
