"""What every test of the one door begins with."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import Client

from sites.accounts.actions import create_user
from sites.accounts.models import User
from tests.house import visitor

PASSWORD = "correct-horse-staple"


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    """What a hash costs is not the matter here; how often one is made is."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _no_mails_yet(settings: Any, tmp_path: Path) -> None:
    """Mails that a developer's own house has kept are not a test's."""
    settings.MAIL_ROOT = tmp_path / "mail"


@pytest.fixture
def reader(db: None) -> User:
    return create_user("reader@example.com", password=PASSWORD, name="Dewi")


@pytest.fixture
def door() -> Client:
    return visitor("auth")


Posted = Callable[[], list[EmailMessage]]


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> Posted:
    """The mails since the last call; tests roll back, so what waits for a commit is done at once."""
    monkeypatch.setattr(transaction, "on_commit", lambda done, *_args, **_options: done())

    def take() -> list[EmailMessage]:
        taken, mail.outbox = mail.outbox, []
        return taken

    return take


def link_in(message: EmailMessage) -> str:
    """The address of a mail's button, without the host."""
    found = re.search(r":\nhttp://auth\.esensi\.localhost:8000(/\S+)\n", message.body)
    assert found, message.body
    return found[1]


def sign_in(
    door: Client, email: str = "reader@example.com", password: str = PASSWORD, **more: str
) -> Any:
    return door.post("/sign-in/", {"username": email, "password": password, **more})


def confirm(door: Client, next_path: str = "/") -> None:
    """Say the password again, as pages ask before something that matters is changed."""
    answer = door.post("/confirm/", {"password": PASSWORD, "next": next_path})
    assert answer.status_code == 302, answer.content.decode()
