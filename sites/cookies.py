"""Choices that a browser remembers on all five hosts."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse


def remember(
    response: HttpResponse, name: str, value: str, *, seconds: int = settings.LANGUAGE_COOKIE_AGE
) -> None:
    """Keep a choice, for a year unless ``seconds`` say how long, out of reach of scripts, on the parent
    domain."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
