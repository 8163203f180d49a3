"""What this process counts of its statements and of its pool of connections."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.backends.signals import connection_created

from esensi.record import current
from realtime.metrics import Counter, Gauge, Histogram, Told

#: Seconds: a statement of a page takes one millisecond.
BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)

SECONDS: Final = Histogram(
    "database_statement_seconds",
    "What Django's statements took, those of pages and of jobs; without COMMIT.",
    BUCKETS,
)
ERRORS: Final = Counter(
    "database_errors", "Statements that failed, by the class of their error.", ("error",)
)
POOL_SIZE: Final = Gauge("database_pool_connections", "Connections that the pool has.")
POOL_FREE: Final = Gauge("database_pool_free", "Connections of the pool that nobody uses.")
POOL_WAITING: Final = Gauge("database_pool_waiting", "Requests for a connection that wait for one.")
POOL_REFUSED: Final = Told(
    "database_pool_refused", "Requests for a connection that waited in vain."
)
POOL_LOST: Final = Told("database_pool_lost", "Connections of the pool that were found to be dead.")


def begin() -> None:
    """Time the statements of all connections that are made from now on."""
    connection_created.connect(time_statements, dispatch_uid="esensi.time_statements")


def time_statements(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Have a connection's statements timed: a receiver of Django's ``connection_created``.

    In the first place, since whoever adds a wrapper for a while takes the last one off again.
    """
    if timed not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, timed)


def timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Run one statement: a wrapper of Django's (``execute_wrapper``)."""
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    except Error as error:
        ERRORS.add(error=type(error).__name__)
        raise
    finally:
        seconds = time.perf_counter() - began
        SECONDS.observe(seconds)
        if record := current.get():
            record.queries += 1
            record.database += seconds


def _pool(name: str) -> Callable[[], int]:
    """Give what reads one of psycopg's own counts; 0 while there is no pool. No connection is made."""

    def read() -> int:
        pool = DatabaseWrapper._connection_pools.get(DEFAULT_DB_ALIAS)  # type: ignore[attr-defined]  # django-stubs leave it out
        return int(pool.get_stats().get(name, 0)) if pool else 0

    return read


POOL_SIZE.tell(_pool("pool_size"))
POOL_FREE.tell(_pool("pool_available"))
POOL_WAITING.tell(_pool("requests_waiting"))
POOL_REFUSED.tell(_pool("requests_errors"))
POOL_LOST.tell(_pool("connections_lost"))
