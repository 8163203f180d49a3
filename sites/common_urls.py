"""Patterns and handlers that all five hosts have."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sites.language import switch_language
from sites.robots import robots


def common_urls() -> list[URLPattern | URLResolver]:
    """Give the patterns that every host answers."""
    return [
        path("language/", switch_language, name="switch_language"),
        path("robots.txt", robots, name="robots"),
    ]
