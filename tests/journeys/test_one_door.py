"""Sign in on auth, be known on all five hosts; sign out on one, be gone on all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.server import House

pytestmark = pytest.mark.journey
NAME = re.compile("superuser", re.IGNORECASE)


def is_known(page: Page, house: House, key: str) -> bool:
    """Does this host know the person? The admin hosts let nobody else in."""
    page.goto(house.url(key))
    if key in ("publish", "internal"):
        return "/sign-in/" not in page.url
    if key == "auth":
        return "/sign-in/" not in page.url
    return page.locator("form[action*='/sign-out/']").count() > 0


def test_one_sign_in_opens_five_hosts_and_one_sign_out_closes_them(
    page: Page, house: House
) -> None:
    assert not any(
        is_known(page, house, key) for key in ("main", "chapter", "publish", "internal", "auth")
    )
    sign_in(page, house, "superuser")
    for key in ("main", "chapter", "publish", "internal", "auth"):
        assert is_known(page, house, key), key
    page.goto(house.url("chapter"))
    page.locator("details.menu summary").first.click()
    with page.expect_navigation():
        page.locator("form[action*='/sign-out/'] button").first.click()
    for key in ("main", "chapter", "publish", "internal", "auth"):
        assert not is_known(page, house, key), key


def test_signing_in_leads_back_to_exactly_where_one_was(page: Page, house: House) -> None:
    address = house.url("chapter", "/laut-yang-mengingat-nama/2/")
    page.goto(house.url("main", "/books/?q=laut"))
    page.get_by_role("link", name="Sign in").first.click()
    page.locator("input[name=username]").fill("reader@esensi.example")
    page.locator("input[name=password]").fill("esensi-demo")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(house.url("main", "/books/?q=laut"))
    page.goto(house.url("auth", f"/sign-in/?next={address}"))
    page.wait_for_url(address)


def test_a_wrong_password_is_told_in_words_and_keeps_the_address(page: Page, house: House) -> None:
    page.goto(house.url("auth", "/sign-in/"))
    page.locator("input[name=username]").fill("reader@esensi.example")
    page.locator("input[name=password]").fill("wrong")
    page.locator("input[name=password]").press("Enter")
    expect(page.locator("[role=alert], .field-error, .errors").first).to_be_visible()
    expect(page.locator("input[name=username]")).to_have_value("reader@esensi.example")
    expect(page.locator("input[name=password]")).to_have_value("")


def test_a_stranger_at_the_workbench_comes_back_to_it_after_the_door(
    page: Page, house: House
) -> None:
    page.goto(house.url("publish", "/books/book/"))
    assert page.url.startswith(house.url("auth", "/sign-in/"))
    page.locator("input[name=username]").fill("author@esensi.example")
    page.locator("input[name=password]").fill("esensi-demo")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(house.url("publish", "/books/book/"))


def test_the_workbench_can_be_left_by_its_own_door(page: Page, house: House) -> None:
    sign_in(page, house, "author")
    page.goto(house.url("publish"))
    page.locator("button[aria-controls=desk-account]").click()
    with page.expect_navigation():
        page.locator("form[action*='/sign-out/'] button").click()
    assert not is_known(page, house, "publish")


def test_a_reader_is_told_why_the_back_office_is_closed(new_page: NewPage, house: House) -> None:
    page = new_page()
    sign_in(page, house, "reader")
    answer = page.goto(house.url("internal"))
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("main")).to_contain_text(re.compile("office|staff|role", re.IGNORECASE))
