"""Somebody takes their data along, erases their account, and is nobody any more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accounts import Newcomer
from tests.journeys.server import House

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_a_person_takes_their_data_along_and_leaves(page: Page, house: House) -> None:
    person = Newcomer(page, house)
    person.join()
    person.open("/books/laut-yang-mengingat-nama/", "main")
    page.locator(".keep summary").click()
    person.press("To read")
    expect(page.locator(".toast")).to_contain_text("on your shelf")

    person.open("/data/erase/")
    person.confirm()  # who is about to read or erase everything says the password again
    person.open("/data/")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="JSON").click()
    taken = json.loads(Path(waiting.value.path()).read_text(encoding="utf-8"))
    assert person.email in json.dumps(taken)
    assert "Laut yang Mengingat Nama" in json.dumps(taken)

    person.open("/data/erase/")
    person.confirm()
    page.get_by_label("Erase my account; I know").check()
    person.press("Erase my account")
    page.wait_for_url("**/data/erased/")
    assert not person.is_in()
    person.sign_in()
    assert not person.is_in()
    page.goto(house.url("auth", "/mail/"))
    expect(page.locator("main")).to_contain_text(person.email)
