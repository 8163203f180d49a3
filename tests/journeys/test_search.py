"""From a remembered word to the paragraph that has it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.server import House

pytestmark = pytest.mark.journey


def found_paragraph(page: Page) -> str:
    """Follow the first found sentence; give the words of the paragraph where one lands."""
    page.locator(".found-line").first.click()
    page.wait_for_url("**/the-salt-road/3/#p-*")
    paragraph = page.locator(page.url[page.url.index("#") :])
    expect(paragraph).to_be_in_viewport()
    return paragraph.inner_text()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_word_from_the_middle_of_a_chapter_leads_to_its_paragraph(
    house: House, new_page: NewPage, width: int
) -> None:
    page = new_page(width=width, height=740)
    page.goto(house.url("main", "/books/"))
    page.locator("#filter-text").fill("CAR doors propped")
    page.locator("#filter-text").press("Enter")
    expect(page.locator(".results > li")).to_have_count(1)
    expect(page.locator(".found-line mark")).to_have_text(["car", "door", "propped"])
    assert "made of a single car door" in found_paragraph(page)


def test_without_javascript_and_with_filters_it_is_the_same(
    house: House, new_page: NewPage
) -> None:
    page = new_page(javascript=False)
    page.goto(house.url("main", '/books/?q="car door"&language=en'))
    assert "made of a single car door" in found_paragraph(page)
    page.goto(house.url("main", '/books/?q="car door"&language=id'))
    expect(page.locator(".results")).to_have_count(0)


def test_a_misspelt_name_is_asked_back(house: House, page: Page) -> None:
    page.goto(house.url("main", "/books/?q=sekarwnagi"))
    expect(page.locator(".suggestions")).to_have_text("Did you mean Ratih Sekarwangi?")
    expect(page.locator(".results > li")).not_to_have_count(0)
    page.locator(".suggestions a").click()
    expect(page.locator(".found-book mark").first).to_have_text("Ratih")
    expect(page.locator(".suggestions")).to_have_count(0)
