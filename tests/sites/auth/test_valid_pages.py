"""Every page of the door, and every mail, is valid HTML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.mail import EmailMessage, get_connection
from django.test import Client

from sites.accounts.models import User
from sites.auth.letters import TEMPLATES
from sites.mail import write_letter
from tests.house import visitor
from tests.sites.auth.conftest import Posted, confirm, link_in, sign_in
from tests.sites.mail.test_letter import CONTEXT
from tests.sites.test_valid_html import NEWER, validate

pytestmark = pytest.mark.django_db

STRANGERS = ("/sign-in/", "/verify/", "/verify/nope/", "/reset/sent/", "/reset/done/", "/mail/")

OWN = (
    "/",
    "/email/",
    "/password/",
    "/sessions/",
    "/two-factor/",
    "/two-factor/app/",
    "/two-factor/codes/",
    "/two-factor/codes/new/",
    "/passkeys/",
    "/passkeys/add/",
    "/confirm/",
)


def keep(folder: Path, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, path
    (folder / f"{path.replace('/', '~')[:60]}.html").write_bytes(answer.content)


def is_known(found: dict[str, Any]) -> bool:
    """Mail programs draw tables as they did in 1999, so mails keep the attributes of that time."""
    is_mail = "/mail%20" in found["url"]
    message: str = found["message"]
    return message.startswith(NEWER) or (is_mail and "obsolete" in message)


@pytest.mark.timeout(200)
def test_pages_and_mails_are_valid(
    reader: User, door: Client, posted: Posted, tmp_path: Path
) -> None:
    pages = tmp_path / "pages"
    pages.mkdir()
    get_connection("sites.mail.kept.KeepMail").send_messages(
        [EmailMessage("Laut & langit", "<b>", to=["a@example.com"])]
    )
    for path in (*STRANGERS, "/reset/1-nope/", "/closed/"):
        keep(pages, door, path)
    door.post("/sign-up/", {"email": "new@example.com", "password1": "correct-horse-staple"})
    keep(pages, door, link_in(posted()[0]))
    page = door.post("/sign-up/", {"email": "a@example.com", "password1": "short"})
    (pages / "errors.html").write_bytes(page.content)
    inside = visitor("auth")
    sign_in(inside)
    confirm(inside)
    inside.post("/email/", {"email": "other@example.com", "action_add": "1"})
    RecoveryCodes.activate(reader)
    for path in OWN:
        keep(pages, inside, path)
    TOTP.activate(reader, generate_totp_secret())
    for path in ("/two-factor/app/remove/", "/confirm/code/"):
        keep(pages, inside, path)
    sign_in(door)
    keep(pages, door, "/two-factor/sign-in/")
    for template in filter(None, set(TEMPLATES.values())):
        letter = write_letter(template, CONTEXT, "id")
        (pages / f"mail {template}.html").write_text(letter.html)
    assert Authenticator.objects.count() == 2
    found = [one for one in validate(pages) if not is_known(one)]
    assert not {f"{one['url'].rsplit('/')[-1]}: {one['message']}" for one in found}
