"""Is a connection out of the pool still one? Asked without the database, where that is enough."""

from __future__ import annotations

import select
import time
from typing import Any, Final

#: Seconds for which a connection that answered counts as alive while its socket is silent: a database
#: that ends says so on it, and only a network that fails without a word is found out later.
TRUSTED: Final = 5.0
_TRIED: Final = "_realtime_tried_at"


def check(connection: Any, *, now: float | None = None) -> None:
    """Return if a psycopg connection is alive, and raise psycopg's ``OperationalError`` if it is not.

    ``now`` is a moment by ``time.time``, which goes on while a machine is suspended.
    """
    now = time.time() if now is None else now
    tried = getattr(connection, _TRIED, None)
    if tried is not None and 0 <= now - tried < TRUSTED and not _has_word(connection):
        return
    from psycopg_pool import ConnectionPool  # there is one, else nobody would ask

    ConnectionPool.check_connection(connection)
    setattr(connection, _TRIED, now)


def _has_word(connection: Any) -> bool:
    """Has the server said something that nobody asked for? Its end, for one."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
