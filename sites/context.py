"""What every template of the house knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from sites.accounts.models import User
from sites.accounts.reading import ReadingSettings


def reading_of(request: HttpRequest) -> ReadingSettings:
    """Give the reading settings of the account, else of the cookie, else the usual ones."""
    user: User | AnonymousUser | None = getattr(request, "user", None)
    if isinstance(user, User):
        return ReadingSettings.of(user)
    return ReadingSettings.from_cookie(request.COOKIES.get(settings.READING_COOKIE_NAME, ""))


def house(request: HttpRequest) -> dict[str, Any]:
    """Give ``room`` (the host's key), ``reading``, ``environment`` and the address to come back to.

    Pages of no host, such as 421, have an empty room.
    """
    host = getattr(request, "host", None)
    return {
        "room": host.key if host else "",
        "reading": reading_of(request),
        "environment": settings.ESENSI_ENV,
        "here": request.get_full_path(),
        "here_absolute": request.build_absolute_uri() if host else "",
    }
