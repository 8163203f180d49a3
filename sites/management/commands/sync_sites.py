from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.sites.models import Site
from django.core.management.base import BaseCommand
from django.db import transaction


class Command(BaseCommand):
    """Make the Site table the mirror of the five hosts: one row for each, and no other row."""

    help = "Write one Site row for each of the five hosts and remove all others."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only say what would change.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        wanted: dict[str, str] = settings.HOST_NAMES.domains
        with transaction.atomic():
            # Two releases may run at once: the second waits and then finds nothing to do.
            rows = list(Site.objects.select_for_update().order_by("pk"))
            kept, surplus = _sort(rows, wanted)
            changes = [f"{site.domain} is no host and goes" for site in surplus]
            changes += [
                f"{key} is {domain}"
                for key, domain in wanted.items()
                if key not in kept or kept[key].domain != domain
            ]
            if not dry_run:
                _write(wanted, kept, surplus)
        said = "\n".join(f"{change}." for change in changes) or "Nothing to do."
        self.stdout.write(f"{said}\nNothing was written: this was a dry run." if dry_run else said)


def _sort(rows: list[Site], wanted: dict[str, str]) -> tuple[dict[str, Site], list[Site]]:
    """Split the rows into the first of each host and those that belong to none."""
    kept: dict[str, Site] = {}
    surplus: list[Site] = []
    for site in rows:
        if site.name in wanted and site.name not in kept:
            kept[site.name] = site
        else:
            surplus.append(site)
    return kept, surplus


def _write(wanted: dict[str, str], kept: dict[str, Site], surplus: list[Site]) -> None:
    for site in surplus:  # by instance, so that Site's own cache hears of it
        site.delete()
    stale = [key for key, site in kept.items() if site.domain != wanted[key]]
    for key in stale:
        # Two hosts may have swapped names: step aside first, domains are unique.
        kept[key].domain = f"{key}.moving.invalid"
        kept[key].save()
    for key in wanted:
        if key not in kept:
            Site.objects.create(name=key, domain=wanted[key])
        elif key in stale:
            kept[key].domain = wanted[key]
            kept[key].save()
