"""The moderators' page's place among the lists of the office."""

from __future__ import annotations

from django.urls import URLPattern
from django.utils.translation import gettext_lazy

from sites.desk.admin import DeskAdmin, ReadOnly


class Reports(ReadOnly, DeskAdmin):
    """Reports have a page of their own, which the office mounts."""

    list_name = gettext_lazy("Reports")
    in_search = False

    def get_urls(self) -> list[URLPattern]:
        return []
