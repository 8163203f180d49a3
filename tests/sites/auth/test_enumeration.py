"""Nobody learns from the one door which addresses have an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from sites.accounts.actions import create_user
from sites.accounts.models import User
from tests.house import visitor

pytestmark = pytest.mark.django_db
PASSWORD, WRONG = "correct-horse-staple", "wrong-horse-staple"
KNOWN, UNKNOWN, CLOSED = "known@example.com", "nobody@example.com", "closed@example.com"
ALL = (KNOWN, UNKNOWN, CLOSED)


@pytest.fixture(autouse=True)
def _people(db: None) -> None:
    create_user(KNOWN, password=PASSWORD)
    closed = create_user(CLOSED, password=PASSWORD)
    User.objects.filter(pk=closed.pk).update(is_active=False)


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


def told(answers: list[Any], address: str) -> tuple[Any, ...]:
    """What somebody sees of answers: status, headers, cookies by name, body; without what is made
    anew each time, and without the address that they typed themselves."""
    return tuple(
        (
            answer.status_code,
            tuple(
                sorted(
                    (name, _plain(value, address))
                    for name, value in answer.headers.items()
                    if name not in ("Set-Cookie", "Content-Length", "Expires")
                )
            ),
            tuple(sorted(answer.cookies)),
            _plain(answer.content.decode(), address),
        )
        for answer in answers
    )


def _plain(text: str, address: str) -> str:
    text = re.sub(r'(nonce|name="csrfmiddlewaretoken" value)="[^"]+"', "", text)
    text = re.sub(r"'nonce-[^']+'", "", text)
    return text.replace(address, "ADDRESS")


def sign_in(browser: Client, address: str) -> list[Any]:
    return [browser.post("/sign-in/", {"username": address, "password": WRONG})]


def sign_up(browser: Client, address: str) -> list[Any]:
    fields = {"email": address, "name": "Dewi", "password1": WRONG, "password2": WRONG}
    sent = browser.post("/sign-up/", fields)
    return [sent, browser.get(sent.headers.get("Location", "/sign-up/"))]


def reset(browser: Client, address: str) -> list[Any]:
    sent = browser.post("/reset/", {"email": address})
    return [sent, browser.get(sent.headers.get("Location", "/reset/"))]


@pytest.mark.parametrize("ask", [sign_in, sign_up, reset])
def test_the_answer_is_the_same_to_the_byte(ask: Callable[[Client, str], list[Any]]) -> None:
    answers = {told(ask(visitor("auth"), address), address) for address in ALL}
    assert len(answers) == 1


def test_a_password_is_hashed_whether_there_is_an_account_or_not(hashes: list[str]) -> None:
    counts = []
    for address in ALL:
        hashes.clear()
        sign_in(visitor("auth"), address)
        counts.append(list(hashes))
    assert counts == [[WRONG]] * len(ALL)


def test_a_new_password_is_hashed_whether_there_is_an_account_or_not(hashes: list[str]) -> None:
    counts = []
    for address in ALL:
        hashes.clear()
        sign_up(visitor("auth"), address)
        counts.append(hashes.count(WRONG))
    assert len(set(counts)) == 1
    assert counts[0] >= 1


@pytest.mark.parametrize(("ask", "most"), [(sign_up, 4), (reset, 4)])
def test_mails_are_limited_for_each_address_and_nobody_is_told(
    ask: Callable[[Client, str], list[Any]],
    most: int,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    seen = set()
    for address in (KNOWN, UNKNOWN):
        mail.outbox.clear()
        for _ in range(most + 2):
            with django_capture_on_commit_callbacks(execute=True):
                seen.add(told(ask(visitor("auth"), address), address))
        assert len([sent for sent in mail.outbox if sent.to == [address]]) == most
    assert len(seen) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ask", [sign_up, reset])
def test_asking_for_a_mail_counts_outside_of_any_transaction(
    ask: Callable[[Client, str], list[Any]],
) -> None:
    for address in (KNOWN, UNKNOWN):
        assert ask(visitor("auth"), address)[0].status_code == 302


@pytest.mark.django_db(transaction=True)
def test_mails_to_an_address_that_is_not_confirmed_are_limited_too() -> None:
    """Signing in again and again, and changing to an address again and again, sends no flood."""
    sign_up(visitor("auth"), UNKNOWN)
    for _ in range(6):
        fields = {"username": UNKNOWN, "password": WRONG}
        assert visitor("auth").post("/sign-in/", fields).status_code == 302
    assert [sent.to for sent in mail.outbox] == [[UNKNOWN]] * 4
    mail.outbox.clear()
    browser = visitor("auth")
    browser.force_login(User.objects.get(email=KNOWN))
    browser.post("/confirm/", {"password": PASSWORD})
    for _ in range(6):
        browser.post("/email/", {"action_add": "", "email": "other@example.com"})
        browser.post("/email/", {"action_send": "", "email": "other@example.com"})
    assert len([sent for sent in mail.outbox if sent.to == ["other@example.com"]]) == 4
