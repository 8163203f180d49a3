"""The mail server's address."""

from __future__ import annotations

import pytest

from esensi.mail_server import MailServer, mail_url


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (
            "smtp://esensi:s%40y%2F@mail.example:2525",
            MailServer("mail.example", 2525, "esensi", "s@y/", starttls=True, tls=False),
        ),
        ("smtp://mail.example", MailServer("mail.example", 587, "", "", starttls=True, tls=False)),
        (
            "smtps://a%40b.example:pass@mail.example",
            MailServer("mail.example", 465, "a@b.example", "pass", starttls=False, tls=True),
        ),
        (
            "smtp://localhost:1025",
            MailServer("localhost", 1025, "", "", starttls=False, tls=False),
        ),
        ("smtp://[::1]:1025", MailServer("::1", 1025, "", "", starttls=False, tls=False)),
    ],
)
def test_an_address_is_read(url: str, server: MailServer) -> None:
    assert mail_url(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://user:hush@",
        "smtp://user:hush@mail.example:no",
        "smtp://user:hush@mail.example:99999",
        "smtp://user:hush@mail.example/path",
        "smtp://user:hush@mail.example?tls=off",
    ],
)
def test_another_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValueError, match="must look like smtp://") as refused:
        mail_url(url)
    assert "hush" not in str(refused.value)
