"""The django.contrib.sites table as the map from names to hosts, kept in memory."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.contrib.sites.models import Site
from django.db.models.signals import post_delete, post_save

from sites.hosts import HOSTS

#: Five rows that change with a deploy: a process may use yesterday's for a minute, so that a page
#: costs no query for its host, and another process's ``sync_sites`` is still seen soon.
FRESH_SECONDS = 60.0


class HostNotMapped(Exception):
    """A link was asked for a host that has no Site row."""

    def __init__(self, key: str) -> None:
        super().__init__(f"The host {key!r} has no Site row. Run `manage.py sync_sites`.")


@dataclass(frozen=True)
class SiteMap:
    """The Site rows that belong to one of the five hosts, by name and by host key."""

    by_domain: dict[str, Site]
    by_key: dict[str, Site]

    def site(self, key: str) -> Site:
        """Give the Site of a host; raises ``HostNotMapped``."""
        try:
            return self.by_key[key]
        except KeyError:
            raise HostNotMapped(key) from None


_kept: tuple[float, SiteMap] | None = None


def current(*, now: float | None = None) -> SiteMap:
    """Give the map, read from the database at most once a minute.

    ``now`` is a moment in seconds, by ``time.monotonic`` where none is given.
    """
    global _kept
    now = time.monotonic() if now is None else now
    kept = _kept  # once: another thread may forget it at any moment
    if kept is None or now - kept[0] > FRESH_SECONDS:
        rows = Site.objects.filter(name__in=HOSTS).order_by("pk")[: len(HOSTS)]
        by_key = {site.name: site for site in rows}
        kept = _kept = (now, SiteMap({site.domain: site for site in by_key.values()}, by_key))
    return kept[1]


def forget(**_: Any) -> None:
    """Read the table again at the next request of this process."""
    global _kept
    _kept = None


def connect() -> None:
    post_save.connect(forget, sender=Site, dispatch_uid="sites.site_map.saved")
    post_delete.connect(forget, sender=Site, dispatch_uid="sites.site_map.deleted")
