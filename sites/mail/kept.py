"""Mails of a laptop's house: kept as files and shown at /mail/, so that links in them can be clicked."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

#: Mails that are kept: more than an afternoon's trying out; the oldest go.
KEPT = 200
_NAME = re.compile(r"\d{20}-[0-9a-f]{8}")


class KeepMail(BaseEmailBackend):
    """Writes each mail to a file instead of sending it. The folder is for its owner alone: mails hold
    links that open accounts."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = _folder()
        if folder is None:
            return 0
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns():020}-{secrets.token_hex(4)}"
            (folder / f"{name}.eml").write_bytes(message.message().as_bytes())
        for old in _files(folder)[KEPT:]:
            old.unlink(missing_ok=True)
        return len(email_messages)


@dataclass(frozen=True)
class KeptMail:
    """A mail as it lies in its file."""

    name: str
    at: datetime
    to: str
    subject: str
    text: str
    html: str


def kept_mails() -> list[KeptMail]:
    """Give the mails that are kept, newest first."""
    folder = _folder()
    return [_read(path) for path in _files(folder)] if folder else []


def kept_mail(name: str) -> KeptMail | None:
    """Give one of them by its name."""
    folder = _folder()
    if folder is None or not _NAME.fullmatch(name):
        return None
    path = folder / f"{name}.eml"
    return _read(path) if path.is_file() else None


def _folder() -> Path | None:
    folder: Path | None = settings.MAIL_ROOT
    return folder


def _files(folder: Path) -> list[Path]:
    found: Iterable[Path] = folder.glob("*.eml") if folder.is_dir() else ()
    return sorted((path for path in found if _NAME.fullmatch(path.stem)), reverse=True)


def _read(path: Path) -> KeptMail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return KeptMail(
        name=path.stem,
        at=datetime.fromtimestamp(int(path.stem[:20]) / 1e9, UTC),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: ParsedMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
