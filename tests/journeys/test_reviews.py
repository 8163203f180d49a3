"""A book's page that is open somewhere keeps up with what readers write about the book, and with its
chapters."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.hostile_texts import PAYLOADS, TRACE
from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.live import LIMIT, publish_chapter, wait_until_open
from tests.journeys.server import House

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
PAGE = "/books/the-salt-road/"


def test_reviews_votes_and_chapters_come_to_open_pages(house: House, new_page: NewPage) -> None:
    stranger, writer = new_page(), new_page(width=360, height=740)
    voter = new_page()
    sign_in(writer, house, "reader")
    sign_in(voter, house, "support")
    for page in (stranger, writer, voter):
        page.goto(house.url("main", PAGE))
        wait_until_open(page)

    text = f"Salt, well told. {PAYLOADS[0]}"
    writer.locator(".review-own > summary").click()
    writer.get_by_label("4 stars").check(force=True)
    writer.locator("#review-text").fill(text)
    writer.locator(".review-form button", has_text="Save").click()
    expect(writer.locator(".review")).to_contain_text(text)

    there = stranger.locator(".review", has_text="Salt, well told.")
    expect(there).to_contain_text(text, timeout=LIMIT)
    expect(stranger.locator(".review-numbers b")).to_have_text("4.0")
    seen = voter.locator(".review", has_text="Salt, well told.")
    expect(seen).to_be_visible(timeout=LIMIT)
    seen.get_by_role("button", name="Helpful", exact=True).click()
    expect(there).to_contain_text("1 reader found it helpful", timeout=LIMIT)

    publish_chapter(house, "the-salt-road", "A chapter out of the blue")
    chapter = stranger.locator(".chapters", has_text="A chapter out of the blue")
    expect(chapter).to_be_visible(timeout=LIMIT)
    for page in (stranger, writer, voter):
        assert not page.evaluate(TRACE)
    assert writer.evaluate("document.documentElement.scrollWidth") == 360
