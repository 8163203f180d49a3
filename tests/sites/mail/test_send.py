"""A mail is sent after the commit, and a failing server breaks nothing."""

from __future__ import annotations

import logging
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction

from sites.mail import send_mail

CONTEXT = {"email": "a@example.com", "address": "http://auth.esensi.localhost:8000/verify/x/"}


@pytest.mark.django_db(transaction=True)
def test_a_mail_waits_for_the_commit() -> None:
    with transaction.atomic():
        send_mail("a@example.com", "verify", CONTEXT, "en")
        assert mail.outbox == []
    [message] = mail.outbox
    assert message.to == ["a@example.com"]
    assert message.subject == "Confirm your e-mail address"
    assert message.from_email == "Esensi <hello@esensi.localhost>"
    assert CONTEXT["address"] in message.body
    assert [kind for _content, kind in message.alternatives] == ["text/html"]  # type: ignore[attr-defined]
    assert message.message()["Auto-Submitted"] == "auto-generated"


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_sends_nothing() -> None:
    with transaction.atomic():
        send_mail("a@example.com", "verify", CONTEXT, "en")
        transaction.set_rollback(True)
    assert mail.outbox == []


@pytest.mark.parametrize(
    "failure",
    [smtplib.SMTPServerDisconnected("a@example.com"), TimeoutError(), OSError("no route")],
)
@pytest.mark.django_db(transaction=True)
def test_a_failing_server_is_logged_without_the_address(
    failure: OSError, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(self: Any, messages: Any) -> int:
        raise failure

    monkeypatch.setattr(EmailBackend, "send_messages", fail)
    with caplog.at_level(logging.ERROR):
        send_mail("a@example.com", "verify", CONTEXT, "en")
    assert "verify" in caplog.text
    assert type(failure).__name__ in caplog.text
    assert "a@example.com" not in caplog.text


def test_the_server_is_not_waited_for_longer_than_a_visitor_would(settings: Any) -> None:
    assert 0 < settings.EMAIL_TIMEOUT <= 10
