"""Where one is signed in, and how to be so no longer."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sites.accounts.actions import create_user
from sites.accounts.models import Session, User
from tests.house import visitor
from tests.sites.auth.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"


def browser(user_agent: str) -> Client:
    client = visitor("auth", HTTP_USER_AGENT=user_agent)
    sign_in(client)
    return client


def is_in(client: Client) -> bool:
    return get_user(client.get("/language/").wsgi_request).is_authenticated


def number_in(page: str, browser: str) -> str:
    """The number of the session of a browser, from the address of its button."""
    return page.partition(f"<h2>{browser}")[2].partition("/sessions/")[2].partition("/")[0]


def test_sessions_are_listed_and_the_present_one_is_marked(reader: User) -> None:
    browser(IPHONE)
    page = browser(FIREFOX).get("/sessions/").content.decode()
    assert "Safari, iPhone" in page
    assert page.count("own-this") == 1
    assert "own-this" in page.partition("Firefox, Linux")[2].partition("</h2>")[0]


def test_one_session_ends_alone(reader: User) -> None:
    phone, desk = browser(IPHONE), browser(FIREFOX)
    number = number_in(desk.get("/sessions/").content.decode(), "Safari, iPhone")
    assert desk.post(f"/sessions/{number}/end/")["Location"] == "/sessions/"
    assert (is_in(phone), is_in(desk)) == (False, True)
    assert desk.post(f"/sessions/{number}/end/").status_code == 404


def test_ending_the_present_one_leads_to_the_door(reader: User) -> None:
    desk = browser(FIREFOX)
    number = number_in(desk.get("/sessions/").content.decode(), "Firefox, Linux")
    assert desk.post(f"/sessions/{number}/end/")["Location"] == "/sign-in/"
    assert not is_in(desk)


def test_nobody_ends_anothers_session(reader: User) -> None:
    desk = browser(FIREFOX)
    number = number_in(desk.get("/sessions/").content.decode(), "Firefox, Linux")
    create_user("other@example.com", password=PASSWORD)
    other = visitor("auth")
    sign_in(other, "other@example.com")
    assert other.post(f"/sessions/{number}/end/").status_code == 404
    assert is_in(desk)


def test_all_sessions_end_in_all_browsers(reader: User) -> None:
    phone, desk = browser(IPHONE), browser(FIREFOX)
    assert desk.post("/sessions/end-all/")["Location"] == "/sign-in/"
    assert (is_in(phone), is_in(desk)) == (False, False)
    assert not Session.objects.filter(user=reader).exists()


def test_all_but_the_present_one_end(reader: User) -> None:
    phone, desk = browser(IPHONE), browser(FIREFOX)
    desk.post("/sessions/end-all/", {"keep": "this"})
    assert (is_in(phone), is_in(desk)) == (False, True)


def test_a_link_ends_nothing(reader: User) -> None:
    desk = browser(FIREFOX)
    number = number_in(desk.get("/sessions/").content.decode(), "Firefox, Linux")
    assert desk.get("/sessions/end-all/").status_code == 405
    assert desk.get(f"/sessions/{number}/end/").status_code == 405
    assert is_in(desk)


def test_a_list_of_many_costs_no_more(
    reader: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(5):
        browser(IPHONE)
    desk = browser(FIREFOX)
    with django_assert_max_num_queries(12):
        desk.get("/sessions/")
