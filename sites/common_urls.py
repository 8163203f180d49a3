"""Patterns and handlers that all five hosts have."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from sites.language import switch_language
from sites.media import media
from sites.robots import robots


def common_urls() -> list[URLPattern | URLResolver]:
    """Give the patterns; /media/ is among them where no other origin serves the pictures."""
    patterns: list[URLPattern | URLResolver] = [
        path("language/", switch_language, name="switch_language"),
        path("robots.txt", robots, name="robots"),
    ]
    if settings.MEDIA_URL == "/media/":
        patterns.append(path("media/<path:key>", media, name="media"))
    return patterns
