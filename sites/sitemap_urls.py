"""The addresses of a host's map for search engines; what they answer is in ``sites.sitemaps``."""

from __future__ import annotations

from django.urls import URLPattern, path

from sites.lazily import lazily


def sitemap_urls(sitemaps: str) -> list[URLPattern]:
    """Give the patterns of a host's map: an index, and the files that it names. ``sitemaps`` is the
    dotted name of its sections.

    Main's links and the reading room's each stand on their own host's map, because the protocol
    lets a map speak for its own host alone.
    """
    return [
        path(
            "sitemap.xml", lazily("sites.sitemaps.index"), {"sitemaps": sitemaps}, name="sitemaps"
        ),
        path(
            "sitemap-<slug:section>.xml",
            lazily("sites.sitemaps.section"),
            {"sitemaps": sitemaps},
            name="sitemap",
        ),
    ]
