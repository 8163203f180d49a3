"""What the layer is configured with, and where it finds its database."""

from __future__ import annotations

import re
from typing import Any, Final

#: NOTIFY channels are names of at most 63 bytes; ours add at most 20.
_PREFIX: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
#: More channels cost every NOTIFY of every process, because PostgreSQL compares with each.
MOST_BUCKETS: Final = 1024


class BadConfiguration(ValueError):
    """The layer was given something that it cannot work with; the text names it."""


def check_options(
    capacity: int, expiry: float, group_expiry: float, buckets: int, prefix: str
) -> None:
    """Raises ``BadConfiguration`` for the first option that makes no sense."""
    if not isinstance(capacity, int) or capacity < 1:
        raise BadConfiguration(f"capacity must be a number of messages; it is {capacity!r}.")
    if not expiry > 0 or not group_expiry > 0:
        raise BadConfiguration("expiry and group_expiry must be seconds, more than 0.")
    if not isinstance(buckets, int) or not 1 <= buckets <= MOST_BUCKETS:
        raise BadConfiguration(f"buckets must be from 1 to {MOST_BUCKETS}; it is {buckets!r}.")
    if not _PREFIX.fullmatch(prefix):
        raise BadConfiguration(
            f"prefix must be up to 40 lower-case letters, digits and underscores; it is {prefix!r}."
        )


def default_conninfo() -> str:
    """Give libpq's words for the project's database: ``settings.DIRECT_DATABASE`` (written as an entry
    of ``DATABASES``) if there is one, else what Django's default database is configured with.

    Raises ``BadConfiguration`` where that is no PostgreSQL.
    """
    from django.conf import settings
    from django.db import connections

    direct: dict[str, Any] | None = getattr(settings, "DIRECT_DATABASE", None)
    if direct:
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host"}
        given = {word: direct.get(name) for name, word in {**names, "PORT": "port"}.items()}
        return _conninfo({**direct.get("OPTIONS", {}), **given})
    connection = connections["default"]
    if connection.vendor != "postgresql":
        raise BadConfiguration("The channel layer needs PostgreSQL, and the project has none.")
    return _conninfo(connection.get_connection_params())


def _conninfo(params: dict[str, Any]) -> str:
    """Give libpq's own words among what Django hands to psycopg."""
    from psycopg import pq
    from psycopg.conninfo import make_conninfo

    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    return make_conninfo(**{key: params[key] for key in sorted(known) if params.get(key)})
