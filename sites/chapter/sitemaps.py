"""The reading room's part of the map for search engines (https://www.sitemaps.org/protocol.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from sites.books.models import Chapter
from sites.hosts import HOSTS
from sites.sitemaps import OF_A_FILE, Dated

if TYPE_CHECKING:
    Chapters = Sitemap[Chapter]
else:
    Chapters = Sitemap


class PublishedChapters(Dated, Chapters):
    limit = OF_A_FILE
    changed = "updated_at"

    def items(self) -> QuerySet[Chapter]:
        chapters = Chapter.objects.published(timezone.now()).select_related("book").order_by("pk")
        return chapters.only("number", "updated_at", "book__slug")

    def location(self, item: Chapter) -> str:
        return reverse("read", urlconf=HOSTS["chapter"].urlconf, args=(item.book.slug, item.number))


SITEMAPS = {"chapters": PublishedChapters}
