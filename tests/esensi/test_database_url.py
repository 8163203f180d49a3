"""Addresses of databases, as Django's settings and its shell read them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from esensi.database_url import address, database_settings, pool
from esensi.postgres import local_url
from tests.esensi.local_server import REPOSITORY

SOCKET = "postgresql://esensi@/esensi?host=%2Fvar%2FBig%20Folder&port=5433"


def test_a_sockets_directory_and_port_stand_where_djangos_shell_looks() -> None:
    found = database_settings(SOCKET)
    assert (found["HOST"], found["PORT"]) == ("/var/Big Folder", 5433)
    assert (found["USER"], found["NAME"], found["OPTIONS"]) == ("esensi", "esensi", {})


def test_other_parameters_stay_options() -> None:
    found = database_settings("postgres://u:p@db.example:6543/house?sslmode=require")
    assert (found["HOST"], found["PORT"], found["PASSWORD"]) == ("db.example", 6543, "p")
    assert found["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize("url", [SOCKET, "postgres://u:p@db.example:6543/house"])
def test_dbshell_is_told_where_the_database_is(tmp_path: Path, url: str) -> None:
    psql = tmp_path / "psql"
    psql.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    psql.chmod(0o755)
    code = (
        "import django; django.setup();"
        "from django.core.management import call_command; call_command('dbshell')"
    )
    shell = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=os.environ
        | {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "esensi.settings",
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    words = shell.stdout.splitlines()
    found = database_settings(url)
    assert words[words.index("-h") + 1] == found["HOST"]
    assert words[words.index("-p") + 1] == str(found["PORT"])


def test_a_house_with_an_address_looks_for_no_server_of_its_own(tmp_path: Path) -> None:
    assert address("postgres://db.example/house", tmp_path) == "postgres://db.example/house"
    assert address(None, tmp_path) == address("", tmp_path) == local_url(tmp_path)


def test_a_pool_goes_on_trying_for_those_who_wait() -> None:
    class Pool:
        checked = 0

        def __init__(self, waiting: int) -> None:
            self._waiting = waiting

        def get_stats(self) -> dict[str, int]:
            return {"requests_waiting": self._waiting}

        def check(self) -> None:
            self.checked += 1

    again = pool(4)["reconnect_failed"]
    busy, idle = Pool(2), Pool(0)
    for one in (busy, idle):
        again(one)
    assert (busy.checked, idle.checked) == (1, 0)
