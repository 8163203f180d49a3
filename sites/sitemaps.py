"""The map for search engines, alike on every host that has one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.sitemaps import views
from django.db.models import Max, QuerySet
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

#: Addresses in one file: a tenth of what the protocol allows, so that each comes in a second.
OF_A_FILE = 5000


class Dated:
    """Beside ``Sitemap``: rows with the moment of their last change, in the column ``changed``."""

    changed: str

    def items(self) -> QuerySet[Any]:
        raise NotImplementedError

    def lastmod(self, item: Any) -> datetime:
        at: datetime = getattr(item, self.changed)
        return at

    def get_latest_lastmod(self) -> datetime | None:
        """Ask the database, which Django does not: it reads every row of the map for its index."""
        latest: datetime | None = self.items().order_by().aggregate(at=Max(self.changed))["at"]
        return latest


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
