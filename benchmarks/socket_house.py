"""A house as deployed, with rooms for load, its people signed in, and what it costs; and
``python -m benchmarks.socket_house``, which signs people in and publishes in that house's database."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.servers import ROOT, environment, manage
from esensi import postgres
from tests.waiting import free_port

HOST = "esensi.localhost:8000"
#: People; each has as many pages open as it takes.
PEOPLE = 250


@dataclass
class SocketHouse:
    """A running house: its port, process, database, and the sessions of its people."""

    port: int
    process: subprocess.Popen[bytes]
    database: str
    sessions: list[tuple[int, str]]
    cookie: str

    @property
    def memory(self) -> float:
        """Give what the process alone takes, in KB."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        rows = dict(line.split(":", 1) for line in rollup.splitlines()[1:])
        return sum(float(rows[name].split()[0]) for name in ("Private_Clean", "Private_Dirty"))

    @property
    def cpu(self) -> float:
        """Give the seconds of processor time that the process has taken."""
        words = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def transactions(self) -> int:
        """Give how many transactions the database has seen; a look-up by itself is one."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            # Backends tell of theirs when they have been idle for a second.
            time.sleep(1.5)
            row = connection.execute(
                "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
            ).fetchone()
            assert row
            return int(row[0])

    def publish(self, room: str, number: int) -> int:
        """Publish events to a room; its newest offset."""
        return int(_ask(self.database, "publish", room, str(number))["offset"])

    @contextlib.contextmanager
    def load(self, what: str, **facts: Any) -> Iterator[Load]:
        """Run ``benchmarks.socket_load`` for the length of the block, once its sockets are open."""
        given = {"port": self.port, "host": HOST, "cookie": self.cookie, "sessions": self.sessions}
        module = ["comments_load"] if what == "comments" else ["socket_load", what]
        process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{module[0]}", *module[1:]],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            load = Load(process)
            load.say(given | facts)
            load.opened_in = load.hear()["opened_in"]
            yield load
        finally:
            process.terminate()
            process.wait()


class Load:
    """The process that makes load."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.opened_in = 0.0

    def say(self, words: Any) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The load ended with {self._process.wait()}.")
        found: dict[str, Any] = json.loads(line)
        return found

    def run(self) -> dict[str, Any]:
        """Let it do what it shall."""
        self.say({})
        return self.hear()


def chapter_to_read(house: SocketHouse) -> dict[str, Any]:
    """Make a chapter that is out; the facts that ``benchmarks.comments_load`` needs of it."""
    return _ask(house.database, "chapter")


@contextlib.contextmanager
def socket_house(*limits: str) -> Iterator[SocketHouse]:
    """Run a house on a database of its own for the length of the block."""
    with postgres.throwaway() as database:
        manage(database, "migrate", "--verbosity", "0")
        manage(database, "sync_sites")
        people = _ask(database, "people", str(PEOPLE))
        port = free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.realtime.serve", str(port), *limits],
            cwd=ROOT,
            env=environment(database, 8000) | {"WORKER": "off"},
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait_for(port, process)
            yield SocketHouse(port, process, database, people["sessions"], people["cookie"])
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    import socket

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended by itself with {process.returncode}.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise TimeoutError("The server does not listen.")


def _ask(database: str, *words: str) -> dict[str, Any]:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.socket_house", *words],
        cwd=ROOT,
        env=environment(database, 8000),
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def _people(number: str) -> dict[str, Any]:
    from django.conf import settings

    from sites.accounts.models import User
    from tests.realtime.page import session_of

    people = User.objects.bulk_create(
        User(email=f"reader{one}@example.org", password="!")  # noqa: S106 - which opens nothing
        for one in range(int(number))
    )
    sessions = [(person.pk, session_of(person)) for person in people]
    return {"sessions": sessions, "cookie": settings.SESSION_COOKIE_NAME}


def _publish(room: str, number: str) -> dict[str, Any]:
    from django.db import transaction

    from realtime.models import Room
    from realtime.streams import publish
    from tests.realtime.stage_rooms import ThingDone, stage_rooms

    with stage_rooms():
        for one in range(int(number)):
            with transaction.atomic():
                publish(room, ThingDone(number=one))
    return {"offset": Room.objects.get(name=room).head}


def _chapter() -> dict[str, Any]:
    from django.conf import settings

    from sites.books.models import Status
    from tests.sites.chapter.library import make_book, make_chapters

    (chapter,) = make_chapters(make_book("talked-about"), 1, status=Status.PUBLISHED)
    return {
        "rooms": [f"chapter.{chapter.pk}"],
        "path": "/talked-about/1/comments/",
        "host": settings.HOST_NAMES.domains["chapter"],
        "csrf": settings.CSRF_COOKIE_NAME,
    }


def main(what: str, *words: str) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esensi.settings")
    django.setup()
    print(json.dumps({"people": _people, "publish": _publish, "chapter": _chapter}[what](*words)))


if __name__ == "__main__":
    main(*sys.argv[1:])
