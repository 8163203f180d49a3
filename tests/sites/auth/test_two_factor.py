"""Codes of an authenticator app, recovery codes, and the passkeys that are no passkeys."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.contrib.auth import get_user
from django.test import Client

from sites.accounts.models import User
from sites.auth.secrets import LostKey, decrypt, encrypt
from sites.auth.spent_codes import spend
from sites.links import host_url
from tests.house import visitor
from tests.sites.auth.conftest import Posted, confirm, sign_in

pytestmark = pytest.mark.django_db


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def is_in(door: Client) -> bool:
    return get_user(door.get("/language/").wsgi_request).is_authenticated


@pytest.fixture
def secret(reader: User) -> str:
    """The secret of an app that the reader has set up."""
    secret = generate_totp_secret()
    TOTP.activate(reader, secret)
    return secret


def test_an_app_is_set_up_by_a_code_and_brings_recovery_codes(
    reader: User, door: Client, posted: Posted
) -> None:
    sign_in(door)
    assert door.get("/two-factor/app/")["Location"].startswith("/confirm/")
    confirm(door)
    page = door.get("/two-factor/app/").content.decode()
    found = re.search(r"<code>([A-Z2-7=]+)</code>", page)
    assert found
    assert 'src="data:image/svg+xml;base64,' in page
    wrong = door.post("/two-factor/app/", {"code": "000000"}).content.decode()
    assert "This code is not right" in wrong
    assert f"<code>{found[1]}</code>" in wrong, "a wrong code does not change the key"
    answer = door.post("/two-factor/app/", {"code": code_of(found[1])})
    assert answer["Location"] == "/two-factor/codes/"
    assert (
        len(re.findall(r"<code>\d{8}</code>", door.get("/two-factor/codes/").content.decode()))
        == 10
    )
    assert posted()[0].subject == "An authenticator app protects your account"


def test_secrets_lie_encrypted_in_the_database(reader: User, secret: str) -> None:
    RecoveryCodes.activate(reader)
    codes = RecoveryCodes(Authenticator.objects.get(type="recovery_codes")).generate_codes()
    stored = " ".join(str(data) for data in Authenticator.objects.values_list("data", flat=True))
    assert secret not in stored
    assert not [code for code in codes if code in stored]
    seeds = [data.get("seed", "") for data in Authenticator.objects.values_list("data", flat=True)]
    assert [decrypt(seed) for seed in seeds if seed]


def test_signing_in_asks_for_a_code_and_leads_back(reader: User, secret: str, door: Client) -> None:
    target = host_url("chapter", "home")
    answer = sign_in(door, next=target)
    assert answer["Location"] == "/two-factor/sign-in/"
    assert not is_in(door)
    page = door.post("/two-factor/sign-in/", {"code": "000000"})
    assert "This code is not right" in page.content.decode()
    assert not is_in(door)
    answer = door.post("/two-factor/sign-in/", {"code": code_of(secret)})
    assert answer["Location"] == target
    assert is_in(door)


def test_the_session_gets_a_new_key_at_the_second_step_too(
    reader: User, secret: str, door: Client, settings: Any
) -> None:
    sign_in(door)
    before = door.cookies[settings.SESSION_COOKIE_NAME].value
    door.post("/two-factor/sign-in/", {"code": code_of(secret)})
    assert door.cookies[settings.SESSION_COOKIE_NAME].value != before


def test_a_code_counts_once_in_all_processes_and_is_forgotten_when_it_is_worthless(
    reader: User, secret: str
) -> None:
    app = Authenticator.objects.get(type="totp")
    assert spend(app, "123456", now=1000)
    for typed in ("123456", "123 456", "123-456"):
        assert not spend(Authenticator.objects.get(pk=app.pk), typed, now=1089)
    assert spend(app, "654321", now=1001)
    assert spend(app, "123456", now=1091)
    app.refresh_from_db()
    assert len(app.data["spent"]) == 1
    assert "123456" not in str(app.data)


def test_a_recovery_code_opens_the_account_once(reader: User, secret: str, door: Client) -> None:
    codes = RecoveryCodes.activate(reader).generate_codes()
    sign_in(door)
    assert door.post("/two-factor/sign-in/", {"code": codes[3]}).status_code == 302
    assert is_in(door)
    other = visitor("auth")
    sign_in(other)
    assert other.post("/two-factor/sign-in/", {"code": codes[3]}).status_code != 302
    assert not is_in(other)


def test_the_first_step_can_be_taken_back(reader: User, secret: str, door: Client) -> None:
    sign_in(door)
    assert door.get("/sign-in/")["Location"] == "/two-factor/sign-in/"
    door.post("/sign-out/", {"next": "/sign-in/"})
    assert door.get("/sign-in/").status_code == 200
    assert door.get("/two-factor/sign-in/")["Location"] == "/sign-in/"


def test_an_app_is_removed_after_confirming_and_its_codes_go(
    reader: User, secret: str, door: Client, posted: Posted
) -> None:
    RecoveryCodes.activate(reader)
    door.force_login(reader)
    assert door.post("/two-factor/app/remove/")["Location"].startswith("/confirm/")
    confirm(door)
    assert door.post("/two-factor/app/remove/").status_code == 302
    assert not Authenticator.objects.exists()
    assert [message.subject for message in posted()] == ["The authenticator app is gone"]


@pytest.mark.parametrize(
    "path",
    [
        "/two-factor/codes/",
        "/two-factor/codes/download/",
        "/two-factor/codes/new/",
        "/passkeys/add/",
    ],
)
def test_what_matters_is_confirmed_first(
    reader: User, secret: str, door: Client, path: str
) -> None:
    RecoveryCodes.activate(reader)
    door.force_login(reader)
    answer = door.get(path)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/confirm/")
    confirm(door)
    assert door.get(path).status_code == 200


def test_recovery_codes_come_as_a_file(reader: User, secret: str, door: Client) -> None:
    codes = RecoveryCodes.activate(reader).generate_codes()
    door.force_login(reader)
    confirm(door)
    answer = door.get("/two-factor/codes/download/")
    assert answer["Content-Type"].startswith("text/plain")
    assert "attachment" in answer["Content-Disposition"]
    assert [line for line in answer.content.decode().splitlines() if line.isdigit()] == codes


#: What is no credential, of every shape that JSON has.
NO_CREDENTIALS = (
    "",
    "null",
    "1",
    '"x"',
    "[]",
    "[1]",
    "{}",
    "not json",
    '{"id":1,"rawId":2,"response":3,"type":4}',
    '{"id":"a","rawId":"a","type":"public-key","response":{}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30",'
    '"attestationObject":"oA","authenticatorData":"AA","signature":"AA","userHandle":"AA"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"é",'
    '"attestationObject":"_w","authenticatorData":null,"signature":[],"userHandle":{}}}',
)


@pytest.mark.parametrize("credential", NO_CREDENTIALS)
def test_what_is_no_passkey_opens_nothing_and_breaks_nothing(
    reader: User, secret: str, door: Client, credential: str
) -> None:
    answer = door.get("/passkeys/sign-in/", HTTP_ACCEPT="application/json")
    assert answer.json()["request_options"]["publicKey"]["rpId"] == "auth.esensi.localhost"
    answer = door.post("/passkeys/sign-in/", {"credential": credential, "next": "/email/"})
    assert answer["Location"] == host_url("auth", "sign_in") + "?next=%2Femail%2F"
    sign_in(door)
    assert door.post("/two-factor/sign-in/", {"credential": credential}).status_code == 200
    assert not is_in(door)
    inside = visitor("auth")
    inside.force_login(reader)
    confirm(inside)
    inside.get("/passkeys/add/")
    page = inside.post("/passkeys/add/", {"credential": credential})
    assert page.status_code == 200
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_no_page_is_given_to_others_as_json(reader: User, door: Client) -> None:
    answer = door.get(
        "/sign-in/", HTTP_X_REQUESTED_WITH="XMLHttpRequest", HTTP_ACCEPT="application/json"
    )
    assert answer["Content-Type"].startswith("text/html")


def test_former_keys_still_read_and_lost_ones_are_told(settings: Any) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old" * 20, []
    token = encrypt("JBSWY3DPEHPK3PXP")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, ["old" * 20]
    assert decrypt(token) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(LostKey, match="SECRET_KEY_FALLBACKS"):
        decrypt(token)
