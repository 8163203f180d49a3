"""What Django's settings make of a database's address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url


def database_settings(url: str) -> dict[str, Any]:
    """Give the entry of ``DATABASES`` for an address in libpq's notation.

    A host or port among the address's parameters, as a socket's directory is written, comes to stand
    under ``HOST`` and ``PORT``: ``manage.py dbshell`` looks there alone.
    """
    found: dict[str, Any] = dict(dj_database_url.parse(url))
    options = dict(found.get("OPTIONS", {}))
    for name in ("host", "port"):
        if value := options.pop(name, ""):
            found[name.upper()] = value
    return found | {"OPTIONS": options}


def address(url: str | None, base_dir: Path) -> str:
    """Give the database's address: ``url``, or that of the checkout's own server."""
    if url:
        return url
    from esensi import postgres  # lazily: deployed houses have an address

    return postgres.local_url(base_dir)


#: Connections beside those of requests: realtime asks for sessions and rights in two threads.
BESIDE_REQUESTS = 2


def pool(requests: int) -> dict[str, Any]:
    """Give the options of a pool for so many requests at once; times are in seconds."""
    return {
        "min_size": 0,
        "max_size": requests + BESIDE_REQUESTS,
        # Fly's proxy cuts connections ten minutes into a restart of its own.
        "max_lifetime": 600,
        "max_idle": 300,
        # Longer than any page may take: requests wait at the gate of esensi.asgi, not here.
        "timeout": 10,
        # Attempts to connect are ever further apart: given up early, they begin anew. Else a database
        # that was away for a minute would be so for another.
        "reconnect_timeout": 2,
        "reconnect_failed": _try_again,
    }


def _try_again(pool: Any) -> None:
    """Attempts to connect were given up: begin anew for those who still wait."""
    if pool.get_stats().get("requests_waiting"):
        pool.check()
