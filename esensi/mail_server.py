"""The server that takes the house's mails, from one address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

#: RFC 8314: 587 begins in the open and turns to TLS, 465 is TLS from its first byte.
_PORTS = {"smtp": 587, "smtps": 465}
#: A catcher of mails on the machine itself speaks no TLS, and nobody listens on the way.
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class MailServer:
    """An SMTP server. ``starttls`` and ``tls`` exclude each other; both are off for this machine
    alone."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    tls: bool


def mail_url(value: str) -> MailServer:
    """Read ``smtp://user:password@host:587`` or ``smtps://…``; the user and the port may be missing,
    and what is special in a user or a password is written with ``%``.

    Raises ``ValueError`` with the end of a sentence, which never repeats the value.
    """
    malformed = ValueError(
        "must look like smtp://user:password@host:587 or smtps://user:password@host:465."
    )
    try:
        parts = urlsplit(value)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise malformed from None
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise malformed
    return MailServer(
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starttls=parts.scheme == "smtp" and parts.hostname not in _THIS_MACHINE,
        tls=parts.scheme == "smtps",
    )
