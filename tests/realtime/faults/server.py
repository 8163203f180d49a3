"""A PostgreSQL of a test's own that is stopped and started again, as an operator would."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.realtime.faults.scene import asking
from tests.waiting import until

#: Seconds for a server to stop, and to answer after a start.
STOP_LIMIT = 60.0


class Server:
    """A server that somebody else has started, at ``address``."""

    def __init__(self, address: str) -> None:
        self.address = address
        with asking(address) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        self.data = Path(row[0])
        self._started: subprocess.Popen[bytes] | None = None
        try:
            process = Path("/proc", str(self._pid()))
            self._command = process.joinpath("cmdline").read_bytes().split(b"\0")[:-1]
            self._environment = dict(
                line.split(b"=", 1)
                for line in process.joinpath("environ").read_bytes().split(b"\0")[:-1]
            )
            self._owner = process.stat()
        except PermissionError:
            pytest.skip("The server's processes are another account's here.")

    def signal(self, number: signal.Signals) -> None:
        """SIGINT is a fast shutdown, SIGTERM a smart one, SIGQUIT an immediate one."""
        os.kill(self._pid(), number)

    def wait_until_stopped(self) -> None:
        until(lambda: not self.data.joinpath("postmaster.pid").exists(), STOP_LIMIT)
        if self._started:
            self._started.wait(STOP_LIMIT)

    def start(self) -> None:
        """Start it as it was started before, and wait until it answers."""
        other = self._owner.st_uid != os.geteuid()
        self._started = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=self._environment,
            user=self._owner.st_uid if other else None,
            group=self._owner.st_gid if other else None,
            extra_groups=[] if other else None,
        )
        until(self.answers, STOP_LIMIT, every=0.02)

    def answers(self) -> bool:
        try:
            with asking(self.address):
                return True
        except psycopg.OperationalError:
            return False

    def close(self) -> None:
        if self._started and self._started.poll() is None:
            self._started.send_signal(signal.SIGINT)
            self._started.wait(STOP_LIMIT)

    def _pid(self) -> int:
        return int(self.data.joinpath("postmaster.pid").read_text().split("\n", 1)[0])
