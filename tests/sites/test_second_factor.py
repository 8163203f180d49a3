"""The house's own people open publish and internal with two keys; authors with one."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from allauth.account.internal.flows import login as allauth_login
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sites import second_factor
from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.accounts.roles import AUTHOR, BACK_OFFICE, EDITOR
from sites.hosts import HOSTS
from sites.links import host_root, host_url
from storage.models import Upload
from tests.house import visitor

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-staple"
SECRET = "JBSWY3DPEHPK3PXP"
HOUSE = [(EDITOR, "publish"), (EDITOR, "internal"), *((role, "internal") for role in BACK_OFFICE)]


@pytest.fixture(autouse=True)
def _as_in_production(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def person(*roles: str, superuser: bool = False) -> User:
    return create_user("a@example.com", password=PASSWORD, roles=roles, superuser=superuser)


def browser_of(user: User, *, used: float | None = None, kind: str = "totp") -> Client:
    """A browser with a session of this person, who used a second factor so many seconds ago."""
    browser = visitor("publish")
    browser.force_login(user)
    if used is not None:
        session = browser.session
        record = {"method": "mfa", "type": kind, "id": 1, "at": time.time() - used}
        session[second_factor.RECORDS] = [record]
        session[second_factor.RECORDS_OF] = str(user.pk)
        session.save()
    return browser


def at(browser: Client, address: str, **data: Any) -> Any:
    """Open an absolute address, or send a form to it."""
    parts = urlsplit(urljoin(host_root("auth"), address))
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if data:
        return browser.post(path, data, HTTP_HOST=parts.netloc)
    return browser.get(path, HTTP_HOST=parts.netloc)


def code(offset: int = 0) -> str:
    counter = int(time.time()) // 30 + offset
    return str(totp.format_hotp_value(totp.hotp_value(SECRET, counter)))


@pytest.mark.parametrize("role", [AUTHOR, EDITOR])
def test_files_come_in_by_the_same_two_keys_as_their_senders(role: str) -> None:
    user = person(role)
    said = {"purpose": "manuscript", "size": 9, "type": "text/plain", "name": "a.txt"}

    def begin(browser: Client) -> int:
        sent = browser.post("/uploads/", said, content_type="application/json")
        return int(sent.status_code)

    assert begin(browser_of(user)) == (201 if role == AUTHOR else 401)
    browser = browser_of(user, used=60)
    assert begin(browser) == 201
    upload = Upload.objects.filter(owner=user).latest("created_at").pk
    for step in ("finish", "cancel"):
        answer = browser_of(user).post(f"/uploads/{upload}/{step}/")
        assert (answer.status_code == 401) is (role == EDITOR)


@pytest.mark.parametrize(("role", "room"), HOUSE)
def test_without_a_second_factor_the_house_leads_to_where_one_is_set_up(
    role: str, room: str
) -> None:
    browser = browser_of(person(role))
    asked = f"{host_root(room)}/?page=2&x=%2F"
    answer = at(browser, asked)
    assert answer.status_code == 302
    there = urlsplit(answer.url)
    assert answer.url.startswith(host_url("auth", "second_factor"))
    assert parse_qs(there.query)["next"] == [asked]
    page = at(browser, answer.url)
    assert page.status_code == 200
    assert b"/two-factor/app/" in page.content
    assert b"/passkeys/add/" in page.content


@pytest.mark.parametrize(("role", "room"), HOUSE)
@pytest.mark.parametrize("kind", ["totp", "webauthn", "recovery_codes"])
def test_a_second_factor_used_in_this_session_opens(role: str, room: str, kind: str) -> None:
    browser = browser_of(person(role), used=60, kind=kind)
    assert at(browser, f"{host_root(room)}/").status_code == 200


@pytest.mark.parametrize("room", ["publish", "internal"])
def test_superusers_are_no_exception(room: str) -> None:
    root = person(superuser=True)
    assert at(browser_of(root), f"{host_root(room)}/").status_code == 302
    assert at(browser_of(root, used=0), f"{host_root(room)}/").status_code == 200


def test_authors_enter_without(settings: Any) -> None:
    assert at(browser_of(person(AUTHOR)), f"{host_root('publish')}/").status_code == 200


def test_an_author_who_is_more_than_that_needs_it() -> None:
    assert at(browser_of(person(AUTHOR, "support")), f"{host_root('publish')}/").status_code == 302


def test_a_second_factor_gives_nobody_a_role() -> None:
    assert at(browser_of(person(), used=0), f"{host_root('internal')}/").status_code == 403


def test_a_working_day_later_it_is_asked_for_again(settings: Any) -> None:
    editor = person(EDITOR)
    for used, status in ((settings.SECOND_FACTOR_AGE - 60, 200), (settings.SECOND_FACTOR_AGE, 302)):
        browser = browser_of(editor, used=used)
        assert at(browser, f"{host_root('publish')}/").status_code == status


def test_somebody_elses_records_do_not_count() -> None:
    browser = browser_of(person(EDITOR), used=0)
    session = browser.session
    session[second_factor.RECORDS_OF] = "999999"
    session.save()
    assert at(browser, f"{host_root('publish')}/").status_code == 302


def test_on_a_laptop_nobody_is_asked(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False
    assert at(browser_of(person(EDITOR)), f"{host_root('publish')}/").status_code == 200


def test_the_door_costs_no_query_more(settings: Any) -> None:
    editor = person(EDITOR)
    counts = []
    for required in (False, True):
        settings.SECOND_FACTOR_REQUIRED = required
        browser = browser_of(editor, used=0)
        at(browser, f"{host_root('publish')}/")
        with CaptureQueriesContext(connection) as captured:
            assert at(browser, f"{host_root('publish')}/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_whoever_has_one_is_asked_for_it_and_comes_back_exactly() -> None:
    editor = person(EDITOR)
    totp.TOTP.activate(editor, SECRET)
    browser = browser_of(editor)
    asked = f"{host_root('publish')}/books/book/?q=laut"
    way = at(browser, at(browser, asked).url)
    assert way.status_code == 302
    form = way.url
    assert at(browser, form, code="000000", next=asked).status_code == 200
    assert at(browser, asked).status_code == 302
    back = at(browser, form, code=code(), next=asked)
    assert (back.status_code, back.url) == (302, asked)
    assert at(browser, asked).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_whoever_sets_one_up_goes_on_to_where_they_were() -> None:
    browser = browser_of(person(EDITOR))
    asked = f"{host_root('internal')}/?q=laut"
    at(browser, at(browser, asked).url)
    at(browser, host_url("auth", "account_reauthenticate"), password=PASSWORD)
    at(browser, host_url("auth", "mfa_activate_totp"))
    session = browser.session
    session["mfa.totp.secret"] = SECRET
    session.save()
    set_up = at(browser, host_url("auth", "mfa_activate_totp"), code=code())
    assert set_up.status_code == 302
    way_on = host_url("auth", "second_factor").removeprefix(host_root("auth")).encode()
    assert way_on in at(browser, set_up.url).content
    on = at(browser, host_url("auth", "second_factor"))
    assert (on.status_code, on.url) == (302, asked)
    assert at(browser, asked).status_code == 200
    assert way_on not in at(browser, set_up.url).content


def test_a_code_is_good_once() -> None:
    editor = person(EDITOR)
    totp.TOTP.activate(editor, SECRET)
    used = code()
    form = host_url("auth", "mfa_reauthenticate")
    assert at(browser_of(editor), form, code=used).status_code == 302
    cache.clear()  # another process knows nothing of it
    for typed in (used, f"{used[:3]} {used[3:]}", f"{used[:3]}-{used[3:]}"):
        assert at(browser_of(editor), form, code=typed).status_code == 200


def test_a_mistyped_code_may_be_sent_again() -> None:
    editor = person(EDITOR)
    totp.TOTP.activate(editor, SECRET)
    browser = browser_of(editor)
    answers = [
        at(browser, host_url("auth", "mfa_reauthenticate"), code="000000").status_code
        for _ in range(11)
    ]
    assert answers == [200] * 10 + [429]


def test_a_second_factor_that_is_removed_opens_no_more() -> None:
    editor = person(EDITOR)
    totp.TOTP.activate(editor, SECRET)
    browser = browser_of(editor, used=0)
    at(browser, host_url("auth", "account_reauthenticate"), password=PASSWORD)
    assert at(browser, host_url("auth", "mfa_deactivate_totp"), x="").status_code == 302
    assert not Authenticator.objects.exists()
    assert at(browser, f"{host_root('publish')}/").status_code == 302


def test_strangers_sign_in_first_and_nobody_is_sent_away_from_the_house() -> None:
    asked = f"{host_root('publish')}/"
    stranger = visitor("auth")
    answer = stranger.get("/two-factor/required/", {"next": asked})
    assert answer.url.startswith("/sign-in/?next=%2Ftwo-factor%2Frequired%2F")
    browser = browser_of(person(EDITOR), used=0)
    away = at(browser, host_url("auth", "second_factor") + "?next=https://evil.example/")
    assert away.url == host_url("main", "home")


def test_the_names_in_the_session_are_allauths() -> None:
    assert second_factor.RECORDS == allauth_login.AUTHENTICATION_METHODS_SESSION_KEY
    assert second_factor.RECORDS_OF == allauth_login._AUTHENTICATION_METHODS_USER_SESSION_KEY
    assert {"publish", "internal"} <= set(HOSTS)
