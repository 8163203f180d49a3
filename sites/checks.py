"""Does the Site table mirror the five hosts?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import Error, connections


def check_site_rows(
    *, databases: Sequence[str] | None = None, **_: Any
) -> list[checks.CheckMessage]:
    """Compare the rows with the names; runs with ``check --database default`` and ``migrate``."""
    if not databases or "default" not in databases:
        return []
    from django.contrib.sites.models import Site

    try:
        if Site._meta.db_table not in connections["default"].introspection.table_names():
            return []  # before the first migration
        rows = dict(Site.objects.values_list("name", "domain"))
    except Error:
        return []  # the database's own checks say so
    wrong = [key for key, domain in settings.HOST_NAMES.domains.items() if rows.get(key) != domain]
    if not wrong:
        return []
    return [
        checks.Warning(
            f"The Site rows of {', '.join(wrong)} are not what ESENSI_ENV and ESENSI_DOMAIN say.",
            hint="Run `manage.py sync_sites`.",
            id="esensi_sites.W001",
        )
    ]


def register() -> None:
    checks.register(check_site_rows, checks.Tags.database)
