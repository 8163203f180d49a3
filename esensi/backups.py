"""A database's backup and its way back, by PostgreSQL's own programs.

For the server of a laptop and for any that these programs reach. Files are no part of it: they lie in
storage, which is moved and kept by itself (docs/storage.md).
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from esensi.postgres_binaries import client_program

#: Seconds for a gigabyte and more; a laptop's house takes one.
LIMIT: Final = 3600
#: What PostgreSQL takes as a name.
LONGEST_NAME: Final = 63
#: Rows about connections of processes that have ended.
PASSING: Final = ("realtime_connection", "realtime_instance")


class BackupFailed(Exception):
    """A backup was not made or not brought back; the sentence says why, and nothing has changed."""


def back_up(conninfo: str, path: Path) -> None:
    """Write the database at ``conninfo`` to ``path``, for its owner's eyes. Raises ``BackupFailed``,
    and then there is no file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"{path.name}.partial")
    # Made anew: a file or a link that lies there already may be somebody else's, who would read all.
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    left_out = [f"--exclude-table-data={table}" for table in PASSING]
    try:
        words = ["--format=custom", "--no-owner", "--no-privileges", *left_out]
        with _told():
            _run("pg_dump", conninfo, [*words, f"--file={unfinished}"])
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def bring_back(conninfo: str, path: Path, *, now: datetime) -> str:
    """Put what ``path`` holds in the place of the database at ``conninfo``.

    It is restored beside it first and takes its name when it is whole; the one of before stays, under
    the name that is returned. Connections to it are ended. Raises ``BackupFailed``: then all is as it was.
    """
    if not path.is_file():
        raise BackupFailed(f"There is no backup {path}.")
    name = str(conninfo_to_dict(conninfo).get("dbname") or "")
    stamp = f"{now:%Y%m%d%H%M%S}"
    fresh, kept = (f"{name[: LONGEST_NAME - 24]}_{word}_{stamp}" for word in ("new", "until"))
    with _beside(conninfo, name) as server, _told():
        server.execute(_sql("CREATE DATABASE {} TEMPLATE template0", fresh))
        try:
            _run(
                "pg_restore",
                psycopg.conninfo.make_conninfo(conninfo, dbname=fresh),
                ["--no-owner", "--no-privileges", "--exit-on-error", str(path)],
            )
            _swap(server, name, fresh, kept)
        except BaseException:
            server.execute(_sql("DROP DATABASE {}", fresh))
            raise
    return kept


def _swap(server: psycopg.Connection[Any], name: str, fresh: str, kept: str) -> None:
    """Give ``fresh`` the name; nobody may connect to the other meanwhile. Where that fails, each has
    its own name again and takes connections."""
    server.execute(_sql("ALTER DATABASE {} ALLOW_CONNECTIONS false", name))
    called = name
    try:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        server.execute(_sql("ALTER DATABASE {} RENAME TO {}", name, kept))
        called = kept
        server.execute(_sql("ALTER DATABASE {} RENAME TO {}", fresh, name))
    except BaseException:
        if called == kept:
            server.execute(_sql("ALTER DATABASE {} RENAME TO {}", kept, name))
        server.execute(_sql("ALTER DATABASE {} ALLOW_CONNECTIONS true", name))
        raise
    server.execute(_sql("ALTER DATABASE {} ALLOW_CONNECTIONS true", kept))


@contextmanager
def _told() -> Iterator[None]:
    """Say what the server refuses, and a program that does not end, in this module's words."""
    try:
        yield
    except psycopg.Error as error:
        raise BackupFailed(f"The server refuses: {error}.") from error
    except subprocess.TimeoutExpired as error:
        raise BackupFailed(f"It took longer than {LIMIT} seconds.") from error


def _beside(conninfo: str, name: str) -> psycopg.Connection[Any]:
    """Connect to another database of the same server."""
    other = "template1" if name == "postgres" else "postgres"
    try:
        return psycopg.connect(conninfo, dbname=other, autocommit=True)
    except psycopg.Error as error:
        raise BackupFailed(f"The server does not answer: {error}") from error


def _sql(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))


def _run(program: str, conninfo: str, words: Iterable[str]) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, which others on the
    machine do not see."""
    given = conninfo_to_dict(conninfo)
    password = str(given.pop("password", "") or "")
    with psycopg.connect(conninfo) as connection:
        major = connection.info.server_version // 10_000
    path = client_program(program, at_least=major)
    if path is None:
        raise BackupFailed(
            f"There is no {program} of version {major} or newer: install postgresql-client-{major}."
        )
    ended = subprocess.run(  # noqa: S603 - the program is PostgreSQL's own
        [path, f"--dbname={psycopg.conninfo.make_conninfo('', **given)}", *words],
        env={**os.environ, **({"PGPASSWORD": password} if password else {})},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    if ended.returncode:
        lines = re.sub(r"(?m)^\s+", "", ended.stderr).strip().splitlines()
        raise BackupFailed(f"{program} failed: {lines[0] if lines else ended.returncode}")
