"""Has a command work over the direct address: migrations and locks do not survive a pool."""

from __future__ import annotations

from django.conf import settings
from django.db import connection


def use_direct_connection() -> None:
    """Point Django's default connection at ``DIRECT_DATABASE``, outside the process's pool.

    For commands, before they ask anything; a server keeps its pool.
    """
    connection.close()
    own = connection.settings_dict
    if settings.DIRECT_DATABASE:
        own.update({key: settings.DIRECT_DATABASE[key] for key in ("NAME", "USER", "PASSWORD")})
        own.update({key: settings.DIRECT_DATABASE[key] for key in ("HOST", "PORT")})
    given = settings.DIRECT_DATABASE or own
    own["OPTIONS"] = {key: value for key, value in given["OPTIONS"].items() if key != "pool"}
