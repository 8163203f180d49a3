"""The pages on which a person takes their data along, or erases them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.models import Author
from tests.house import visitor

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-staple"


@pytest.fixture
def reader() -> User:
    return create_user("reader@example.com", password=PASSWORD, name="<b>Dewi</b>")


@pytest.fixture
def browser(reader: User) -> Client:
    client = visitor("auth")
    client.force_login(reader)
    return client


def confirm(browser: Client) -> None:
    browser.post("/confirm/", {"password": PASSWORD})


def export(browser: Client, form: str) -> Any:
    return browser.post("/data/export/", {"format": form})


def test_strangers_are_led_to_the_sign_in() -> None:
    for path in ("/data/", "/data/erase/"):
        answer = visitor("auth").get(path)
        assert answer.status_code == 302
        assert "/sign-in/" in answer.url


def test_whoever_holds_an_open_session_must_show_that_it_is_theirs(browser: Client) -> None:
    assert browser.get("/data/").status_code == 200
    for answer in (
        export(browser, "json"),
        browser.get("/data/erase/"),
        browser.post("/data/erase/", {"sure": "on"}),
    ):
        assert answer.status_code == 302
        assert answer.url.startswith("/confirm/")
    assert User.objects.count() == 1


def test_the_export_follows_once_the_person_has_shown_it(browser: Client) -> None:
    asked = export(browser, "json")
    answer = browser.post(asked.url, {"password": PASSWORD})
    assert answer["Content-Type"] == "application/json"
    assert json.loads(answer.content)["account"]["email"] == "reader@example.com"


def test_a_file_for_programs_and_one_to_read(browser: Client) -> None:
    confirm(browser)
    machine = export(browser, "json")
    assert re.fullmatch(
        r'attachment; filename="esensi-\d{4}-\d\d-\d\d\.json"', machine["Content-Disposition"]
    )
    held = json.loads(machine.content)
    assert held["account"]["name"] == "<b>Dewi</b>"
    people = export(browser, "html")
    assert people["Content-Type"] == "text/html; charset=utf-8"
    assert people["Content-Disposition"].startswith("attachment")
    text = people.content.decode()
    assert "&lt;b&gt;Dewi" in text
    assert "<b>Dewi" not in text
    assert "no-store" in people["Cache-Control"]


def test_an_account_is_erased_only_with_the_box_ticked(browser: Client) -> None:
    confirm(browser)
    assert browser.post("/data/erase/", {}).status_code == 200
    assert User.objects.count() == 1
    gone = browser.post("/data/erase/", {"sure": "on"})
    assert (gone.status_code, gone.url) == (302, "/data/erased/")
    assert User.objects.count() == 0
    assert browser.get("/data/erased/").status_code == 200
    assert browser.get("/").status_code == 302


def test_the_last_superuser_is_told_what_to_do_first(browser: Client, reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(is_superuser=True)
    confirm(browser)
    answer = browser.post("/data/erase/", {"sure": "on"})
    assert answer.status_code == 200
    assert b"Make somebody else a superuser first." in answer.content
    assert User.objects.count() == 1


def test_authors_are_asked_about_their_name_and_readers_are_not(
    browser: Client, reader: User
) -> None:
    confirm(browser)
    assert b'name="nameless"' not in browser.get("/data/erase/").content
    Author.objects.create(name="Dewi", slug="dewi", user=reader)
    assert b'name="nameless"' in browser.get("/data/erase/").content


def test_exports_are_limited(browser: Client) -> None:
    confirm(browser)
    answers = [export(browser, "json").status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
