"""Mails of a laptop's house: files, as many as are needed."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from sites.mail import kept
from sites.mail.kept import kept_mail, kept_mails


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MAIL_ROOT = tmp_path / "kept" / "mail"
    return tmp_path / "kept" / "mail"


def send(subject: str, html: str = "<p>Laut é</p>") -> None:
    message = EmailMultiAlternatives(
        subject,
        "Laut é",
        to=["a@example.com"],
        connection=get_connection("sites.mail.kept.KeepMail"),
    )
    message.attach_alternative(html, "text/html")
    assert message.send() == 1


def test_what_was_sent_can_be_read_newest_first() -> None:
    send("One")
    send("Two")
    two, one = kept_mails()
    assert (one.subject, two.subject) == ("One", "Two")
    assert one.to == "a@example.com"
    assert one.text.strip() == "Laut é"
    assert one.html.strip() == "<p>Laut é</p>"
    assert kept_mail(one.name) == one


def test_the_oldest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT", 3)
    for number in range(5):
        send(str(number))
    assert [mail.subject for mail in kept_mails()] == ["4", "3", "2"]


def test_nobody_else_on_the_machine_reads_them(folder: Path) -> None:
    send("One")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "0" * 20 + "-zzzzzzzz", "\x00"])
def test_other_names_lead_nowhere(name: str) -> None:
    send("One")
    assert kept_mail(name) is None


def test_other_files_are_left_alone(folder: Path) -> None:
    send("One")
    (folder / "mine.eml").write_text("not a mail")
    assert len(kept_mails()) == 1


def test_outside_local_nothing_is_kept(settings: Any, folder: Path) -> None:
    settings.MAIL_ROOT = None
    message = EmailMultiAlternatives(
        "One", "x", to=["a@example.com"], connection=get_connection("sites.mail.kept.KeepMail")
    )
    assert message.send() == 0
    assert kept_mails() == []
    assert not folder.exists()
