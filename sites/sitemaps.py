"""The map for search engines, alike on every host that has one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sitemaps import views
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
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


@require_safe
def index(request: HttpRequest, sitemaps: str) -> HttpResponse:
    """The map's files."""
    return views.index(request, sitemaps=import_string(sitemaps), sitemap_url_name="sitemap")


@require_safe
def section(request: HttpRequest, sitemaps: str, section: str) -> HttpResponse:
    """One file of the map."""
    return views.sitemap(request, sitemaps=import_string(sitemaps), section=section)
