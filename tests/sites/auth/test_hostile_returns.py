"""No entry of the door leads out of the house, whatever ``next`` says."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from sites.accounts.models import User
from tests.sites.auth.conftest import PASSWORD, Posted, link_in, sign_in
from tests.sites.auth.test_two_factor import code_of, secret

__all__ = ["secret"]
pytestmark = pytest.mark.django_db
HOSTILE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "http://esensi.localhost.evil.example/",
    "http://blog.esensi.localhost:8000/",
    "http://esensi.localhost:8001/",
)


def is_home(location: str) -> bool:
    parts = urlsplit(location)
    own = f"{parts.scheme}://{parts.netloc}" in settings.HOST_NAMES.origins
    return own or (not parts.scheme and not parts.netloc and location.startswith("/"))


@pytest.mark.parametrize("target", HOSTILE)
def test_signing_in(reader: User, door: Client, target: str) -> None:
    assert is_home(sign_in(door, next=target)["Location"])
    assert is_home(door.get(f"/sign-in/?{urlencode({'next': target})}")["Location"])


@pytest.mark.parametrize("target", HOSTILE)
def test_signing_up_and_confirming(door: Client, posted: Posted, target: str) -> None:
    fields = {"email": "new@example.com", "password1": PASSWORD, "next": target}
    assert is_home(door.post("/sign-up/", fields)["Location"])
    path = link_in(posted()[0])
    assert is_home(door.post(f"{path}?{urlencode({'next': target})}")["Location"])


@pytest.mark.parametrize("target", HOSTILE)
def test_the_second_step(reader: User, secret: str, door: Client, target: str) -> None:
    sign_in(door, next=target)
    asked = f"/two-factor/sign-in/?{urlencode({'next': target})}"
    assert is_home(door.post(asked, {"code": code_of(secret), "next": target})["Location"])


@pytest.mark.parametrize("target", HOSTILE)
def test_confirming_who_one_is(reader: User, door: Client, target: str) -> None:
    sign_in(door)
    answer = door.post(
        f"/confirm/?{urlencode({'next': target})}", {"password": PASSWORD, "next": target}
    )
    assert is_home(answer["Location"])


@pytest.mark.parametrize("target", HOSTILE)
@pytest.mark.parametrize("path", ["/sign-out/", "/language/", "/passkeys/sign-in/", "/reset/"])
def test_other_forms(reader: User, door: Client, path: str, target: str) -> None:
    answer = door.post(path, {"next": target, "email": "reader@example.com", "credential": "{}"})
    assert answer.status_code == 302
    assert is_home(answer["Location"])
    assert "evil" not in answer["Location"]


@pytest.mark.parametrize("target", HOSTILE)
def test_choosing_a_password(reader: User, door: Client, posted: Posted, target: str) -> None:
    door.post("/reset/", {"email": reader.email, "next": target})
    answer = door.get(f"{link_in(posted()[0])}?{urlencode({'next': target})}")
    assert is_home(answer["Location"])
    answer = door.post(answer["Location"], {"password1": "langit-biru-77", "next": target})
    assert is_home(answer["Location"])


def test_the_house_itself_is_led_to(reader: User, door: Client) -> None:
    """A check that refuses everything would pass all of the above."""
    for key in settings.HOST_NAMES.domains:
        target = f"{settings.HOST_NAMES.scheme}://{settings.HOST_NAMES.domains[key]}/laut/?a=b"
        assert door.post("/sign-out/", {"next": target})["Location"] == target
