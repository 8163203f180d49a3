"""Guessing at the one door: counted before anything is looked up, and never a lock on the owner."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from sites.accounts.actions import create_user
from sites.accounts.models import AttemptCount, User
from sites.auth.limited import RULES
from sites.auth.sign_in import SignInView
from sites.hosts import HOSTS
from tests.house import visitor

PASSWORD = "correct-horse-staple"
WRONG = "wrong-horse"
OWN, OTHER = "192.0.2.1", "198.51.100.{}"


@pytest.fixture
def reader(db: None) -> User:
    return create_user("reader@example.com", password=PASSWORD)


def sign_in(
    browser: Client,
    email: str = "reader@example.com",
    password: str = WRONG,
    network: str = OWN,
) -> Any:
    fields = {"username": email, "password": password}
    return browser.post("/sign-in/", fields, REMOTE_ADDR=network)


def without_tokens(answer: HttpResponse) -> bytes:
    """The body without what every page makes anew."""
    return re.sub(rb'(nonce|name="csrfmiddlewaretoken" value)="[^"]+"', b"", answer.content)


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that is hashed from here on."""
    made: list[str] = []
    encode = MD5PasswordHasher.encode

    def noted(self: Any, password: str, salt: str) -> str:
        made.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    return made


def test_the_sixth_wrong_password_waits_and_is_not_looked_at(
    reader: User, hashes: list[str]
) -> None:
    for _ in range(5):
        assert sign_in(visitor("auth")).status_code == 200
    assert len(hashes) == 5
    for password in ("wrong-horse", PASSWORD):
        answer = sign_in(visitor("auth"), password=password)
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 15 * 60
        assert b"Try again in 15 minutes." in answer.content
        assert "no-store" in answer["Cache-Control"]
    assert len(hashes) == 5


def test_a_lock_tells_nobody_whether_the_account_exists_or_the_password_is_right(
    reader: User,
) -> None:
    told = set()
    for email in ("reader@example.com", "nobody@example.com"):
        for _ in range(5):
            sign_in(visitor("auth"), email)
        for password in ("wrong-horse", PASSWORD):
            answer = sign_in(visitor("auth"), email, password)
            told.add((answer.status_code, without_tokens(answer)))
    assert len(told) == 1


def test_signing_in_uses_nothing_up(reader: User) -> None:
    for _ in range(12):
        assert sign_in(visitor("auth"), password=PASSWORD).status_code == 302
    assert set(AttemptCount.objects.values_list("count", flat=True)) <= {0}


def test_guessing_from_many_networks_locks_strange_browsers_and_not_the_owners(
    reader: User,
) -> None:
    own = visitor("auth")
    assert sign_in(own, password=PASSWORD).status_code == 302
    own.cookies.pop("esensi-local")
    for number in range(20):
        assert sign_in(visitor("auth"), network=OTHER.format(number)).status_code == 200
    assert sign_in(visitor("auth"), network=OTHER.format(99)).status_code == 429
    assert sign_in(visitor("auth"), password=PASSWORD, network=OTHER.format(99)).status_code == 429
    assert sign_in(own, password=PASSWORD).status_code == 302


def test_a_neighbour_in_the_same_network_locks_nobodys_own_browser(reader: User) -> None:
    own = visitor("auth")
    sign_in(own, password=PASSWORD)
    own.cookies.pop("esensi-local")
    for _ in range(5):
        sign_in(visitor("auth"))
    for number in range(45):
        sign_in(visitor("auth"), f"reader{number}@example.com")
    assert sign_in(visitor("auth"), "somebody@example.com").status_code == 429
    assert sign_in(own, password=PASSWORD).status_code == 302


def test_a_known_browser_may_not_guess_for_ever_either(reader: User) -> None:
    own = visitor("auth")
    sign_in(own, password=PASSWORD)
    own.cookies.pop("esensi-local")
    answers = [sign_in(own, network=OTHER.format(n)).status_code for n in range(12)]
    assert answers == [200] * 10 + [429] * 2


def test_a_forged_cookie_makes_no_browser_known(reader: User) -> None:
    for number in range(20):
        sign_in(visitor("auth"), network=OTHER.format(number))
    stranger = visitor("auth")
    stranger.cookies["esensi-local-known"] = "W1siYSIsImIiXV0:1:forged"
    assert sign_in(stranger, network=OTHER.format(99)).status_code == 429


def test_one_network_trying_many_accounts_is_stopped(db: None) -> None:
    answers = [sign_in(visitor("auth"), f"reader{n}@example.com").status_code for n in range(52)]
    assert answers == [200] * 50 + [429] * 2


def test_somebody_elses_network_counts_apart(reader: User) -> None:
    for _ in range(6):
        sign_in(visitor("auth"))
    assert sign_in(visitor("auth"), password=PASSWORD, network=OTHER.format(1)).status_code == 302


def test_a_header_gives_nobody_a_new_address(reader: User) -> None:
    for number in range(5):
        visitor("auth", HTTP_FLY_CLIENT_IP=OTHER.format(number)).post(
            "/sign-in/", {"username": "reader@example.com", "password": "x"}
        )
    assert sign_in(visitor("auth"), network="127.0.0.1").status_code == 429


@pytest.mark.django_db(transaction=True)
def test_a_count_survives_the_failure_of_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(SignInView, "form_invalid", broken)
    browser = visitor("auth", raise_request_exception=False)
    for _ in range(5):
        assert sign_in(browser).status_code == 500
    assert sign_in(browser).status_code == 429


def test_every_rule_is_for_a_form_that_exists() -> None:
    names = {name for name in get_resolver(HOSTS["auth"].urlconf).reverse_dict if name}
    assert set(RULES) <= names


@pytest.mark.django_db
def test_every_other_form_has_the_usual_rule() -> None:
    browser = visitor("auth")
    answers = {browser.post("/language/", {"language": "id"}).status_code for _ in range(120)}
    assert answers == {302}
    assert browser.post("/language/", {"language": "id"}).status_code == 429


@pytest.mark.django_db
def test_looking_at_pages_counts_nothing() -> None:
    for path in ("/sign-in/", "/sign-up/", "/reset/"):
        visitor("auth").get(path)
    assert not AttemptCount.objects.exists()
