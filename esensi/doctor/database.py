"""The database: reachable, near, young enough, migrated, with enough connections, and heard."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime, timedelta
from typing import Final

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from esensi.database_url import BESIDE_REQUESTS
from esensi.doctor.examination import Unwell
from esensi.listening import NotHeard, hear
from realtime.configuration import default_conninfo

OLDEST_VERSION: Final = 15
EXTENSIONS: Final = ("pg_trgm", "unaccent")
#: Seconds for a question that needs nothing: within a region it takes one millisecond, to the next
#: one ten and more, and a page asks up to twelve.
FAR: Final = 0.005
QUESTIONS: Final = 9
#: Seconds to connect.
PATIENCE: Final = 5
#: Signed links and second factors are a matter of seconds.
LARGEST_DRIFT: Final = timedelta(seconds=2)
#: What goes past every pool: listener and sender, the worker's two, and one for whoever is on call.
DIRECT: Final = 5


def answers() -> None:
    """Raises ``Unwell`` with the reason where nobody can be asked: the pool would try again and again for
    ten seconds, in every part anew, and then not tell the reason."""
    if connection.connection is not None:
        return
    try:
        asked = {"connect_timeout": PATIENCE} | connection.get_connection_params()
        psycopg.connect(**asked).close()
    except psycopg.Error as error:
        said = str(error).splitlines()[0]
        raise Unwell(said, "Correct DATABASE_URL, or start the server that it names.") from error


def reachable() -> str:
    """Can it be asked, and is it the PostgreSQL that the program needs?"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extname FROM pg_extension")
            present = {name for (name,) in cursor.fetchall()}
        version = connection.pg_version // 10_000  # type: ignore[attr-defined]
    except DatabaseError as error:
        said = str(error).splitlines()[0]
        raise Unwell(said, "Correct DATABASE_URL, or start the server that it names.") from error
    if version < OLDEST_VERSION:
        raise Unwell(f"It is PostgreSQL {version}.", f"Use PostgreSQL {OLDEST_VERSION} or newer.")
    missing = sorted(set(EXTENSIONS) - present)
    if missing:
        raise Unwell(f"It lacks {', '.join(missing)}.", "Run `manage.py migrate`, which adds them.")
    return f"PostgreSQL {version} answers."


def near() -> str:
    """Is it in the same region as this machine?"""
    taken = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        for _ in range(QUESTIONS):
            started = time.perf_counter()
            cursor.execute("SELECT 1")
            taken.append(time.perf_counter() - started)
    median = statistics.median(taken)
    said = f"A question takes {median * 1000:.1f} ms."
    if median > FAR:
        raise Unwell(
            said,
            "The database is in another region than this machine: set primary_region in fly.toml to the "
            "database's, or move the database.",
        )
    return said


def migrated() -> str:
    """Are all migrations applied?"""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        first = waiting[0][0]
        raise Unwell(
            f"{len(waiting)} migrations wait, {first.app_label}.{first.name} first.",
            "Run `manage.py migrate`; a deployment does so by `manage.py release`.",
        )
    return "All migrations are applied."


def heard() -> str:
    """Is a NOTIFY heard over the direct address?"""
    try:
        hear(default_conninfo())
    except NotHeard as error:
        raise Unwell(
            "LISTEN is taken and hears nothing: there is a pool of transactions in between.",
            "Give DIRECT_DATABASE_URL the database's own address (on Fly: direct. instead of "
            "pgbouncer. in its name).",
        ) from error
    except psycopg.Error as error:
        said = str(error).splitlines()[0]
        raise Unwell(said, "Correct DIRECT_DATABASE_URL.") from error
    return "A notification is heard over the direct address."


def connections(machines: int) -> str:
    """Are there enough connections for so many machines? Those of requests count where no pooler stands
    in between, as two addresses tell."""
    own = 0 if settings.DIRECT_DATABASE else settings.REQUESTS_AT_ONCE + BESIDE_REQUESTS
    each = own + DIRECT
    with psycopg.connect(default_conninfo()) as direct:
        row = direct.execute(
            "SELECT current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
        ).fetchone()
    most = row[0] if row else 0
    said = f"{machines} machines with {each} each take {machines * each} of {most}."
    if machines * each > most:
        raise Unwell(
            said,
            f"Let at most {most // each} machines run, put the pool's part behind a pooler "
            "(DATABASE_URL pooled, DIRECT_DATABASE_URL direct), or take a larger database.",
        )
    return said


def clock() -> str:
    """Do this machine and the database agree on the time?"""
    with connection.cursor() as cursor:
        before = datetime.now(UTC)
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
        here = before + (datetime.now(UTC) - before) / 2
    drift = abs(there - here)
    said = f"This machine and the database differ by {drift.total_seconds() * 1000:.0f} ms."
    if drift > LARGEST_DRIFT:
        raise Unwell(
            said, "Set this machine's clock: a machine that was suspended may lag; restart it."
        )
    return said
