"""The mails of a laptop's house, and that nobody else has such a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from sites.mail import send_mail
from tests.house import visitor
from tests.sites.auth.conftest import Posted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(settings: Any, tmp_path: Path, posted: Posted) -> None:
    settings.MAIL_ROOT = tmp_path / "mail"
    settings.EMAIL_BACKEND = "sites.mail.kept.KeepMail"


def send() -> None:
    address = "http://auth.esensi.localhost:8000/verify/x/"
    send_mail("a@example.com", "verify", {"email": "a@example.com", "address": address}, "en")


def test_a_newcomer_finds_the_mail_and_its_link(door: Client) -> None:
    assert "Nothing has been sent yet." in door.get("/mail/").content.decode()
    send()
    page = door.get("/mail/").content.decode()
    assert "a@example.com" in page
    path = page.partition('href="/mail/')[2].partition('"')[0]
    page = door.get(f"/mail/{path}").content.decode()
    assert 'href="http://auth.esensi.localhost:8000/verify/x/"' in page
    assert f'src="/mail/{path}html/"' in page


def test_a_mail_stands_in_a_place_of_its_own(door: Client) -> None:
    send()
    path = door.get("/mail/").content.decode().partition('href="/mail/')[2].partition('"')[0]
    answer = door.get(f"/mail/{path}html/")
    policy = answer["Content-Security-Policy"]
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in answer.content.decode()
    assert "frame-src 'self'" in door.get(f"/mail/{path}")["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["nope/", "00000000000000000000-00000000/", "nope/html/"])
def test_other_names_lead_nowhere(door: Client, path: str) -> None:
    assert door.get(f"/mail/{path}").status_code == 404


def test_outside_local_there_is_no_such_page(door: Client, settings: Any) -> None:
    send()
    path = door.get("/mail/").content.decode().partition('href="/mail/')[2].partition('"')[0]
    settings.MAIL_ROOT = None
    for address in ("/mail/", f"/mail/{path}", f"/mail/{path}html/"):
        assert door.get(address).status_code == 404
    assert visitor("main").get("/mail/").status_code == 404
