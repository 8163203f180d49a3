"""English and Indonesian: the browser's language at first, then one's own choice on all five hosts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.server import House

pytestmark = pytest.mark.journey

_POLYGLOT = """
from sites.accounts.actions import create_user
create_user("polyglot@esensi.example", password="esensi-demo")
"""


@pytest.mark.parametrize("javascript", [True, False])
def test_the_switch_holds_on_every_host_at_the_same_address(
    new_page: NewPage, house: House, javascript: bool
) -> None:
    page = new_page(locale="en-GB", javascript=javascript)
    address = house.url("main", "/books/")
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("footer button[value=id]").click()
    page.wait_for_url(address)
    expect(page.locator("html")).to_have_attribute("lang", "id")
    page.goto(house.url("chapter"))
    expect(page.locator("html")).to_have_attribute("lang", "id")
    page.goto(house.url("auth", "/sign-in/"))
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page.locator("h1")).to_have_text("Selamat datang kembali")


def test_an_indonesian_browser_is_met_in_indonesian(new_page: NewPage, house: House) -> None:
    page = new_page(locale="id-ID")
    page.goto(house.url("main"))
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page.locator("nav").first).to_contain_text("Penulis")


def test_the_choice_follows_the_account_to_another_browser(new_page: NewPage, house: House) -> None:
    # An account of its own: the others are every journey's, and speak English to them.
    house.manage("shell", "-c", _POLYGLOT)
    page = new_page(locale="en-GB")
    sign_in(page, house, "polyglot")
    page.goto(house.url("main"))
    page.locator("footer button[value=id]").click()
    expect(page.locator("html")).to_have_attribute("lang", "id")
    other = new_page(locale="en-GB")
    sign_in(other, house, "polyglot")
    other.goto(house.url("main"))
    expect(other.locator("html")).to_have_attribute("lang", "id")
