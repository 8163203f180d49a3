"""Browsers that have entered an account before, known by a cookie of the auth host.

Whoever guesses passwords from many networks uses up what strange browsers have together for an
account. Its owner's own browser is not among them: it carries a signed cookie and has a count of its
own ("device cookies", OWASP). The cookie opens nothing; stolen, it is worth a few more guesses.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

#: Accounts that one browser is known to: a family's. The oldest goes first.
MOST_ACCOUNTS = 5
_SALT = "esensi.known-browsers"
_SECONDS = 365 * 24 * 3600


def browser_of(request: HttpRequest, address: str) -> str | None:
    """Give the name under which this browser is known to the account of an e-mail address."""
    digest = _digest(address)
    for known, name in _read(request):
        if constant_time_compare(known, digest):
            return name
    return None


def remember_browser(request: HttpRequest, response: HttpResponse, address: str) -> None:
    """Make the browser known to the account of this e-mail address, if it is not."""
    if browser_of(request, address):
        return
    entries = [*_read(request), (_digest(address), secrets.token_urlsafe(12))][-MOST_ACCOUNTS:]
    response.set_cookie(
        _cookie(),
        signing.dumps(entries, salt=_SALT),
        max_age=_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> list[tuple[str, str]]:
    try:
        stored: Any = signing.loads(
            request.COOKIES.get(_cookie(), ""), salt=_SALT, max_age=_SECONDS
        )
    except signing.BadSignature:
        return []
    return [(str(digest), str(name)) for digest, name in stored]


def _cookie() -> str:
    return f"{settings.SESSION_COOKIE_NAME}-known"


def _digest(address: str) -> str:
    return salted_hmac(_SALT, address, algorithm="sha256").hexdigest()[:32]
