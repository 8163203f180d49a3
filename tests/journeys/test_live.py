"""Pages that are open hear what happens: bells, new chapters, who reads, where one reads elsewhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.live import LIMIT, notify, publish_chapter, wait_until_open, watch_lines
from tests.journeys.reading_books import (
    Library,
    is_in_view,
    keeping_place,
    make_library,
    paragraph_at_line,
    scroll,
)
from tests.journeys.server import House

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def books(house: House) -> Library:
    return make_library(house)


def read(page: Page, books: Library, number: int) -> None:
    page.goto(books.url(f"/journey/{number}/"))
    wait_until_open(page)


def test_another_device_offers_its_place_and_nobody_is_moved(
    house: House, books: Library, new_page: NewPage
) -> None:
    desk, phone = new_page(), new_page(width=360, height=740)
    for device in (desk, phone):
        sign_in(device, house)
    read(desk, books, 2)
    read(phone, books, 2)
    with keeping_place(phone):
        scroll(phone, 6000)
    paragraph = paragraph_at_line(phone)

    offer = desk.locator("#live-offer")
    expect(offer).to_be_visible(timeout=LIMIT)
    expect(offer).to_contain_text("further on in this chapter")
    assert desk.evaluate("scrollY") == 0
    expect(phone.locator("#live-offer")).to_be_hidden()

    with keeping_place(desk):
        offer.get_by_role("link", name="Go there").click()
    assert is_in_view(desk, paragraph)
    expect(offer).to_be_hidden()
    expect(phone.locator("#live-offer")).to_be_hidden()

    read(phone, books, 3)
    with keeping_place(phone):
        scroll(phone, 1200)
    expect(offer).to_contain_text("you have read on to", timeout=LIMIT)
    offer.get_by_role("button", name="Close").click()
    with keeping_place(phone):
        scroll(phone, 1200)
    expect(offer).to_be_hidden()
    assert desk.url.split("#")[0].endswith("/journey/2/")


def test_the_bell_rings_on_the_pages_of_all_hosts_and_falls_silent_on_all(
    house: House, new_page: NewPage
) -> None:
    shop = new_page()
    sign_in(shop, house, "author")
    desk, door = shop.context.new_page(), shop.context.new_page()
    phone = new_page(width=360, height=740)
    sign_in(phone, house, "author")
    shop.goto(house.url("main", "/notifications/"))
    desk.goto(house.url("publish"))
    door.goto(house.url("auth"))
    phone.goto(house.url("chapter"))
    pages = (shop, desk, door, phone)
    for page in pages:
        wait_until_open(page)
    before = int(shop.locator("#bell").get_attribute("data-unread") or 0)

    notify(house, "author")
    for page in pages:
        expect(page.locator("#bell")).to_contain_text(f"{before + 1} new", timeout=LIMIT)
        expect(page.locator("#bell .point")).to_have_count(1)
    expect(shop.locator("#told-new")).to_be_visible()

    shop.get_by_role("link", name="Show it").click()
    shop.get_by_role("button", name="Mark all as read").click()
    for page in (desk, door, phone):
        expect(page.locator("#bell .point")).to_be_hidden(timeout=LIMIT)
        expect(page.locator("#bell")).not_to_contain_text("new")


def test_who_was_away_finds_it_after_the_return(house: House, page: Page) -> None:
    sign_in(page, house, "author")
    page.goto("about:blank")
    notify(house, "author")
    page.goto(house.url("main"))
    expect(page.locator("#bell")).to_contain_text("new")


def test_a_new_chapter_is_told_to_those_who_read_the_book(house: House, new_page: NewPage) -> None:
    stranger, reader = new_page(width=360, height=740), new_page()
    sign_in(reader, house)
    stranger.goto(house.url("main", "/books/the-tide-clerk/"))
    reader.goto(house.url("chapter", "/the-tide-clerk/1/"))
    for page in (stranger, reader):
        wait_until_open(page)
    number = publish_chapter(house, "the-tide-clerk", "What the tide left")
    for page in (stranger, reader):
        expect(page.locator("#live-news")).to_contain_text(
            "A new chapter is out: What the tide left", timeout=LIMIT
        )
    stranger.locator("#live-news a").click()
    expect(stranger).to_have_url(re.compile(f"/the-tide-clerk/{number}/$"))
    expect(stranger.locator("h1")).to_have_text("What the tide left")


def test_readers_are_counted_and_those_who_look_at_the_page_are_not(
    house: House, new_page: NewPage
) -> None:
    shop, first, second = new_page(), new_page(), new_page(width=360, height=740)
    shop.goto(house.url("main", "/books/the-salt-road/"))
    wait_until_open(shop)
    expect(shop.locator("#reading-now")).to_be_hidden()
    for page in (first, second):
        page.goto(house.url("chapter", "/the-salt-road/1/"))
        wait_until_open(page)
    expect(first.locator("#reading-now")).to_contain_text("2", timeout=LIMIT)
    expect(shop.locator("#reading-now")).to_contain_text("2 readers", timeout=LIMIT)


def test_visitors_open_a_line_only_where_they_need_one(house: House, page: Page) -> None:
    lines = watch_lines(page)
    for key, path in (("main", "/"), ("main", "/books/"), ("chapter", "/"), ("auth", "/sign-in/")):
        page.goto(house.url(key, path), wait_until="networkidle")
        expect(page.locator("#live")).to_have_count(0)
    assert not lines.sockets
    assert not lines.streams
