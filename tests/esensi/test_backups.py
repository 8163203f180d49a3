"""Backup and restore with PostgreSQL's own programs: what was is there again, and streams begin anew."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from esensi.backups import BackupFailed, back_up, bring_back
from tests.esensi.local_server import REPOSITORY, sql
from tests.journeys.server import psycopg_url
from tests.sites.test_doors import database_url

pytestmark = pytest.mark.django_db(transaction=True)

NAME, TEMPLATE = "backup_of_tests", "template_of_backups"
ROOM = "SELECT epoch::text, head FROM realtime_room WHERE name = 'book.1'"
RESUME = """
from realtime.reading import NOTHING_YET, Position, read_since
for since in (Position("{epoch}", 9), Position("{epoch}", 7), NOTHING_YET):
    print(read_since([("book.1", since)])[0].recovered)
"""
TAGS = "SELECT name FROM books_tag ORDER BY name"


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[psycopg.Connection[Any]]:
    """A session beside a migrated database that can be copied, since nobody is in it."""
    address = psycopg_url(database_url(), "postgres")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}".encode())
        try:
            made = manage(psycopg_url(database_url(), TEMPLATE), "migrate", "--verbosity=0")
            assert made.returncode == 0, made.stderr
            yield connection
        finally:
            drop(connection, TEMPLATE)


@pytest.fixture
def house(server: psycopg.Connection[Any]) -> Iterator[str]:
    """The address of a database as the house's, with a tag in it and a room where something happened."""
    server.execute(f"CREATE DATABASE {NAME} TEMPLATE {TEMPLATE}".encode())
    url = psycopg_url(database_url(), NAME)
    sql(url, "INSERT INTO books_tag (name, slug) VALUES ('sea', 'sea')")
    sql(url, "INSERT INTO realtime_room (name, head) VALUES ('book.1', 7)")
    yield url
    drop(server, f"{NAME}%")


def drop(server: psycopg.Connection[Any], like: str) -> None:
    found = "SELECT datname FROM pg_database WHERE datname LIKE %s"
    for (name,) in server.execute(found, [like]).fetchall():
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def manage(url: str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=REPOSITORY,
        env=os.environ | {"DATABASE_URL": url} | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_what_was_is_there_again_and_streams_begin_anew(house: str, tmp_path: Path) -> None:
    path = tmp_path / "of today.dump"
    made = manage(house, "backup", str(path))
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    [(epoch, _head)] = sql(house, ROOM)
    sql(house, "UPDATE realtime_room SET head = 9")
    sql(house, "DELETE FROM books_tag")
    with psycopg.connect(house) as guest:  # an instance that runs meanwhile
        restored = manage(house, "restore", str(path))
        assert restored.returncode == 0, restored.stderr
        with pytest.raises(psycopg.OperationalError):
            guest.execute("SELECT 1")
    assert sql(house, TAGS) == [("sea",)]
    [(after, head)] = sql(house, ROOM)
    assert (head, after != epoch) == (7, True)
    # Whoever had heard of what is no more (offset 9), or of all that is, gets the snapshot.
    asked = manage(house, "shell", "-c", RESUME.format(epoch=epoch))
    assert asked.stdout.split()[-3:] == ["False", "False", "False"], asked.stderr
    kept = restored.stdout.split("before is ")[1].split(";")[0]
    assert sql(psycopg_url(house, kept), TAGS) == []
    assert manage(house, "migrate", "--check").returncode == 0


def test_a_backup_that_is_cut_off_changes_nothing(house: str, tmp_path: Path) -> None:
    path = tmp_path / "cut.dump"
    assert manage(house, "backup", str(path)).returncode == 0
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    sql(house, "INSERT INTO books_tag (name, slug) VALUES ('salt', 'salt')")
    before = sql(house, ROOM)
    refused = manage(house, "restore", str(path))
    assert refused.returncode != 0
    assert "Nothing has changed." in refused.stderr
    assert "Traceback" not in refused.stderr
    assert (sql(house, TAGS), sql(house, ROOM)) == ([("salt",), ("sea",)], before)
    left = {name for (name,) in sql(house, "SELECT datname FROM pg_database")}
    assert [name for name in left if str(name).startswith(NAME)] == [NAME]


def test_a_restore_that_fails_at_its_end_leaves_the_house_open(
    house: str, server: psycopg.Connection[Any], tmp_path: Path
) -> None:
    path = tmp_path / "whole.dump"
    back_up(house, path)
    sql(house, "DELETE FROM books_tag")
    now = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    in_the_way = f"{NAME}_until_20260301093000"
    server.execute(f"CREATE DATABASE {in_the_way}".encode())
    with pytest.raises(BackupFailed, match="already exists"):
        bring_back(house, path, now=now)
    assert sql(house, TAGS) == []
    left = {name for (name,) in sql(house, "SELECT datname FROM pg_database")}
    assert {name for name in left if str(name).startswith(NAME)} == {NAME, in_the_way}


def test_no_file_is_overwritten_and_none_is_left_half_written(house: str, tmp_path: Path) -> None:
    path = tmp_path / "kept.dump"
    path.write_text("kept")
    refused = manage(house, "backup", str(path))
    assert refused.returncode != 0
    assert "exists already" in refused.stderr
    assert path.read_text() == "kept"
    assert manage(house, "restore", str(tmp_path / "none.dump")).returncode != 0
    assert [one.name for one in tmp_path.iterdir()] == ["kept.dump"]


def test_who_laid_a_file_or_a_link_in_the_way_reads_nothing(house: str, tmp_path: Path) -> None:
    path, others = tmp_path / "kept.dump", tmp_path / "others"
    others.touch(mode=0o666)
    (tmp_path / "kept.dump.partial").symlink_to(others)
    back_up(house, path)
    assert not path.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert others.read_bytes() == b""


def test_outside_a_laptop_one_agrees_by_the_databases_name(house: str, tmp_path: Path) -> None:
    deployed = {
        "ESENSI_ENV": "production",
        "SECRET_KEY": "0123456789abcdef" * 4,
        "EMAIL_URL": "smtp://mail.invalid",
        "FILES_BACKEND": "folder",
    }
    refused = manage(house, "restore", str(tmp_path / "x.dump"), **deployed)
    assert refused.returncode != 0
    assert f"agree by --replace {NAME}." in refused.stderr
