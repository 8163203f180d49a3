"""Where allauth may lead, and what it sends."""

from __future__ import annotations

from pathlib import Path

import allauth
import pytest
from allauth.core import context
from django.conf import settings
from django.test import RequestFactory

from sites.auth.adapter import HouseAccountAdapter
from sites.auth.letters import TEMPLATES
from sites.auth.sentences import NOTICES

HOSTILE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "http://esensi.localhost.evil.example/",
    "http://blog.esensi.localhost:8000/",
    "http://esensi.localhost:8001/",
    "https://esensi.localhost:8000/",
    "http://user@evil.example@esensi.localhost:8000/",
    "evil",
    "",
    "\t//evil.example",
)


def is_safe(url: str) -> bool:
    request = RequestFactory().get("/", HTTP_HOST=settings.HOST_NAMES.domains["auth"])
    with context.request_context(request):
        return HouseAccountAdapter(request).is_safe_url(url)


@pytest.mark.parametrize("url", HOSTILE)
def test_no_step_leads_out_of_the_house(url: str) -> None:
    assert not is_safe(url)


@pytest.mark.parametrize("origin", settings.HOST_NAMES.origins)
def test_all_five_hosts_are_the_house(origin: str) -> None:
    assert is_safe(f"{origin}/laut/2/?a=b#p-aaaaaaaa")


def test_a_path_is_the_house() -> None:
    assert is_safe("/email/")


def _shipped(folder: str, suffix: str) -> set[str]:
    root = Path(allauth.__file__).parent / "templates"
    return {
        f"{app}/{folder}/{path.name.removesuffix(suffix)}"
        for app in ("account", "mfa")
        for path in (root / app / folder).glob(f"*{suffix}")
    }


def test_every_mail_that_a_step_of_ours_sends_is_one_of_the_houses() -> None:
    unused = {
        # No codes by mail, and no confirmation of a confirmation.
        "account/email/login_code",
        "account/email/password_reset_code",
        "account/email/email_confirm",
    }
    assert _shipped("email", "_subject.txt") - unused == set(TEMPLATES)


def test_notices_are_those_that_exist() -> None:
    assert set(NOTICES) <= {f"{name}.txt" for name in _shipped("messages", ".txt")}
