"""Sessions end: signed out, fixed, stolen, suspended, too old, or of an old password."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from sites.accounts import sessions
from sites.accounts.actions import create_user
from sites.accounts.actions.end_sessions import end_sessions
from sites.accounts.actions.suspend_person import Reason, suspend_person
from sites.accounts.models import Session, User
from sites.frames.store import frames
from sites.hosts import HOSTS
from sites.links import host_root, host_url
from tests.house import visitor

pytestmark = pytest.mark.django_db
PASSWORD, NEXT_PASSWORD = "correct-horse-staple", "staple-horse-battery"
COOKIE = settings.SESSION_COOKIE_NAME
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def reader() -> User:
    return create_user("reader@example.com", password=PASSWORD)


def sign_in(browser: Client, password: str = PASSWORD) -> Client:
    fields = {"username": "reader@example.com", "password": password}
    assert browser.post("/sign-in/", fields).status_code == 302
    return browser


def signed_in(reader: User) -> Client:
    browser = visitor("auth")
    browser.force_login(reader)
    return browser


def is_known(browser: Client) -> bool:
    """Does the account page open for whoever holds this browser's cookies?"""
    return browser.get("/").status_code == 200


def thief_of(browser: Client) -> Client:
    """Another browser with a copy of the session cookie."""
    thief = visitor("auth")
    thief.cookies[COOKIE] = browser.cookies[COOKIE].value
    return thief


@pytest.fixture
def travel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let the session store believe that it is later."""
    real = timezone.now

    def to(delta: timedelta) -> None:
        monkeypatch.setattr(timezone, "now", lambda: real() + delta)

    yield to
    monkeypatch.setattr(timezone, "now", real)


def test_a_session_that_was_planted_is_not_the_one_that_is_signed_in(reader: User) -> None:
    browser = visitor("auth")
    planted = sessions.SessionStore()
    planted["planted"] = True
    planted.create()
    browser.cookies[COOKIE] = planted.session_key
    sign_in(browser)
    assert browser.cookies[COOKIE].value != planted.session_key
    attacker = visitor("auth")
    attacker.cookies[COOKIE] = planted.session_key
    assert not is_known(attacker)


def test_a_key_that_the_house_did_not_give_is_not_taken_up(reader: User) -> None:
    browser = visitor("auth")
    browser.cookies[COOKIE] = "a" * 32
    sign_in(browser)
    assert browser.cookies[COOKIE].value != "a" * 32
    assert not Session.objects.filter(session_key="a" * 32).exists()


@pytest.mark.parametrize(
    "cookie", ['"\\000abcdefgh"', '"\\377\\376abcdefg"', "x" * 5000, "' OR 1=1 --", "a", "../.."]
)
@pytest.mark.parametrize("is_kept", [True, False])
def test_what_is_no_key_is_nobodys(cookie: str, is_kept: bool, settings: Any) -> None:
    settings.PAGE_CACHE_BYTES = 1_000_000
    frames.wake() if is_kept else frames.sleep()
    client = visitor("main")
    for path in ("/", "/notifications/"):
        answer = client.get(path, headers={"cookie": f"{COOKIE}={cookie}"})
        assert answer.status_code in (200, 302)
    frames.sleep()


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(reader: User) -> None:
    browser = sign_in(visitor("auth"))
    thief = thief_of(browser)
    assert is_known(thief)
    browser.post("/sign-out/")
    assert not is_known(thief)
    for key in HOSTS:
        page = thief.get("/", HTTP_HOST=settings.HOST_NAMES.domains[key])
        assert b"reader@example.com" not in page.content


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(reader: User) -> None:
    here, there = sign_in(visitor("auth")), sign_in(visitor("auth"))
    fields = {
        "oldpassword": PASSWORD,
        "password1": NEXT_PASSWORD,
        "password2": NEXT_PASSWORD,
        "password": NEXT_PASSWORD,
    }
    here.post("/confirm/", {"password": PASSWORD})
    assert here.post("/password/", fields).status_code == 302
    assert User.objects.get(pk=reader.pk).check_password(NEXT_PASSWORD)
    assert is_known(here)
    assert not is_known(there)
    assert Session.objects.filter(user=reader).count() == 1


def test_a_reset_ends_all_sessions(reader: User) -> None:
    old = signed_in(reader)
    browser = visitor("auth")
    with mock.patch("sites.auth.adapter.send_letter") as sent:
        browser.post("/reset/", {"email": "reader@example.com"})
    link = sent.call_args.args[2]["password_reset_url"].removeprefix(host_root("auth"))
    form = browser.get(link).url
    fields = {"password1": NEXT_PASSWORD, "password2": NEXT_PASSWORD}
    assert browser.post(form, fields).status_code == 302
    assert User.objects.get(pk=reader.pk).check_password(NEXT_PASSWORD)
    assert not is_known(old)
    assert not is_known(thief_of(old))


def test_a_password_set_by_a_command_ends_all_sessions(reader: User) -> None:
    browser = signed_in(reader)
    reader.set_password(NEXT_PASSWORD)
    reader.save()
    assert not is_known(browser)


def test_all_sessions_end_by_one_call_and_one_may_be_kept(reader: User) -> None:
    browsers = [signed_in(reader) for _ in range(3)]
    stranger = create_user("other@example.com", password=None)
    other = signed_in(stranger)
    assert end_sessions(reader, keep=browsers[0].cookies[COOKIE].value) == 2
    assert [is_known(browser) for browser in browsers] == [True, False, False]
    assert end_sessions(reader) == 1
    assert not is_known(browsers[0])
    assert is_known(other)


def test_a_half_sign_in_ends_with_the_others(reader: User) -> None:
    store = sessions.SessionStore()
    store["account_authentication_methods_user"] = str(reader.pk)
    store.create()
    assert end_sessions(reader) == 1


def test_a_suspended_person_cannot_sign_in_either(reader: User) -> None:
    root = create_user("root@example.com", password=None, superuser=True)
    suspend_person(reader, reason=Reason.SPAM, by=root, now=timezone.now())
    browser = visitor("auth")
    browser.post("/sign-in/", {"username": "reader@example.com", "password": PASSWORD})
    assert not is_known(browser)
    assert not Session.objects.filter(user=reader).exists()


@pytest.mark.parametrize(
    ("role", "room"), [("editor", "publish"), ("author", "publish"), ("manager", "internal")]
)
def test_a_role_that_is_taken_away_acts_at_the_next_request(role: str, room: str) -> None:
    person = create_user("a@example.com", password=None, roles=[role])
    browser = visitor(room)
    browser.force_login(person)
    assert browser.get("/").status_code == 200
    person.groups.remove(Group.objects.get(name=role))
    assert browser.get("/").status_code in (302, 403)


def test_a_session_ends_when_it_is_not_used(reader: User, travel: Any) -> None:
    browser = signed_in(reader)
    travel(timedelta(seconds=settings.SESSION_IDLE_AGE) - DAY)
    assert is_known(browser)
    travel(2 * timedelta(seconds=settings.SESSION_IDLE_AGE))
    assert not is_known(browser)


def test_a_session_ends_in_any_case(reader: User, travel: Any) -> None:
    browser = signed_in(reader)
    longest = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    passed = timedelta()
    while passed < longest - DAY:
        passed = min(passed + timedelta(days=20), longest - DAY)
        travel(passed)
        assert is_known(browser), passed
    travel(longest + DAY)
    assert not is_known(browser)


def test_looking_at_pages_writes_a_session_once_an_hour_at_most(
    reader: User, travel: Any, django_assert_num_queries: Any
) -> None:
    browser = signed_in(reader)
    before = Session.objects.get(user=reader).expire_date
    travel(timedelta(minutes=50))
    is_known(browser)
    assert Session.objects.get(user=reader).expire_date == before
    travel(timedelta(minutes=70))
    is_known(browser)
    assert Session.objects.get(user=reader).expire_date > before


def test_a_strangers_session_is_not_prolonged(travel: Any) -> None:
    store = sessions.SessionStore()
    store["message"] = "x"
    store.create()
    travel(timedelta(hours=20))
    assert sessions.SessionStore(store.session_key).get("message") == "x"
    travel(timedelta(hours=25))
    assert sessions.SessionStore(store.session_key).get("message") is None


def test_ended_sessions_are_swept_in_batches(reader: User) -> None:
    ended = datetime(2026, 1, 1, tzinfo=UTC)
    Session.objects.bulk_create(
        Session(session_key=f"ended-{n}", session_data="", expire_date=ended) for n in range(7)
    )
    signed_in(reader)
    for other_plan in (
        "hashagg",
        "hashjoin",
        "mergejoin",
        "material",
        "sort",
    ):  # as after an ANALYZE
        connection.cursor().execute(f"SET LOCAL enable_{other_plan} = off")
    assert sessions.sweep(timezone.now(), most=3) == 3
    call_command("clearsessions")
    assert list(Session.objects.values_list("user", flat=True)) == [reader.pk]


def test_the_cookie_is_out_of_reach_of_scripts_and_lies_on_the_parent(reader: User) -> None:
    cookie = sign_in(visitor("auth")).cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["domain"] == settings.HOST_NAMES.parent
    assert host_url("auth", "sign_in").startswith(host_root("auth"))
