"""Choices that a browser remembers on all five hosts."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse


def remember(response: HttpResponse, name: str, value: str) -> None:
    """Keep a choice for a year, out of reach of scripts, on the parent domain."""
    response.set_cookie(
        name,
        value,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
