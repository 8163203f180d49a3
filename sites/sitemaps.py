"""The map for search engines, alike on every host that has one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.sitemaps import views
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe


def sitemap_urls(sitemaps: Mapping[str, Any]) -> list[URLPattern]:
    """Give the patterns of a host's map: an index, and the files that it names.

    Main's links and the reading room's each stand on their own host's map, because the protocol
    lets a map speak for its own host alone.
    """
    return [
        path(
            "sitemap.xml",
            require_safe(views.index),
            {"sitemaps": sitemaps, "sitemap_url_name": "sitemap"},
            name="sitemaps",
        ),
        path(
            "sitemap-<slug:section>.xml",
            require_safe(views.sitemap),
            {"sitemaps": sitemaps},
            name="sitemap",
        ),
    ]
