"""One instance of the program as Fly runs it: a process with a machine's variables, signals and end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from esensi.fleet.balance import Candidate, State
from esensi.fleet.checking import Health, is_led_to
from esensi.fleet.flyfile import FlyFile

ROOT: Final = Path(__file__).resolve().parents[2]
ADDRESS: Final = "127.0.0.1"
#: Seconds for a process to listen; one takes a second, and many at once on a busy machine some more.
START_LIMIT: Final = 90.0
#: Seconds in which a request that was led to a machine has been accepted there, or answered.
ARRIVES_IN: Final = 1.0
#: Seconds between two looks whether it does.
LOOK_EVERY: Final = 0.01


class DidNotStart(Exception):
    """A machine's process ended before it listened, or never did; with the end of what it said."""


class Line(Protocol):
    """An open socket that the edge leads to a machine."""

    def go_away(self) -> None:
        """Tell both sides that the edge ends it, by WebSocket's 1001."""


@dataclass(frozen=True)
class Recipe:
    """How machines are made: ``environment`` is what all of them have, ``folder`` takes their logs, and
    ``command`` is told the number of the socket to serve by ``--fd``."""

    app: FlyFile
    environment: Mapping[str, str]
    folder: Path
    command: tuple[str, ...] = (sys.executable, "-m", "esensi.server")


class Bell:
    """Wakes whoever waits for something about the machines to change."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Wait for the next change, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()


class Machine:
    """``ended`` is called when a process ends that nobody has told to."""

    def __init__(
        self, id: str, region: str, recipe: Recipe, *, bell: Bell, ended: Callable[[Machine], None]
    ) -> None:
        self.id, self.region, self._recipe = id, region, recipe
        self._bell, self._ended = bell, ended
        self.state: State = "created"
        self.version = 0
        self.port = self.metrics_port = 0
        self.is_cordoned = False
        self.healths: list[Health] = []
        #: Requests and sockets at this moment, all that were ever led here, and the open sockets.
        self.load = 0
        self.served = 0
        self.lines: set[Line] = set()
        #: How often it was started anew by the restart policy.
        self.restarts = 0
        self.begun = 0.0
        self._process: asyncio.subprocess.Process | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def candidate(self) -> Candidate:
        is_open = not self.is_cordoned and is_led_to(self.healths)
        return Candidate(self.id, self.region, self.state, self.load, is_open)

    @property
    def age(self) -> float:
        """Give the seconds since it was started."""
        return time.monotonic() - self.begun

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def log(self) -> Path:
        return self._recipe.folder / f"{self.id}.log"

    def is_now(self, state: State) -> None:
        """Take a state, and tell whoever waits."""
        self.state = state
        if state != "started":
            # What was found before says nothing of the next start.
            self.healths = ["unknown"] * len(self._recipe.app.service.checks)
        self._bell.ring()

    async def start(self) -> None:
        """Start its process, or wake it, and wait until it listens. Raises ``DidNotStart``."""
        if self.state == "suspended" and self._process:
            self._process.send_signal(signal.SIGCONT)
            self.is_now("started")
            return
        self.is_now("starting")
        self.begun = time.monotonic()
        process = self._process = await self._spawn()
        self._watching = asyncio.create_task(self._watch(process))
        try:
            await self._listens(process)
        except DidNotStart:
            self.kill()
            raise
        self.is_now("started")

    async def stop(self) -> None:
        """Send the file's signal, wait for as long as the file says, and end it by force then."""
        process = self._process
        if process is None or process.returncode is not None:
            self.is_now("stopped")
            return
        was_suspended = self.state == "suspended"
        self.is_now("stopping")
        if not was_suspended:
            await self.settles()
        with contextlib.suppress(ProcessLookupError):
            # A snapshot of memory is thrown away.
            process.send_signal(signal.SIGKILL if was_suspended else self._recipe.app.kill_signal)
        try:
            async with asyncio.timeout(self._recipe.app.kill_timeout):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
        self.is_now("stopped")

    async def settles(self) -> None:
        """Wait until what was led here in the last moment has arrived: nobody is from now on. A socket that
        is open, and a request that takes longer, have; the program lets them end."""
        end = time.monotonic() + ARRIVES_IN
        while self.load > len(self.lines) and (left := end - time.monotonic()) > 0:
            await self._bell.wait(left)

    def suspend(self) -> None:
        """Freeze it with all it has; its connections stay, as it believes."""
        if self._process and self.state == "started":
            self._process.send_signal(signal.SIGSTOP)
            self.is_now("suspended")

    def kill(self) -> None:
        """End it without a word, as a machine that loses power."""
        if self._process and self._process.returncode is None:
            self._process.kill()

    def send_lines_away(self) -> None:
        """Close its sockets as the edge does before it stops or suspends a machine by itself."""
        for line in list(self.lines):
            line.go_away()

    # --- the process --------------------------------------------------------------------------

    async def _spawn(self) -> asyncio.subprocess.Process:
        """Bound here, so that nobody else takes the port meanwhile."""
        with socket.socket() as listener, socket.socket() as other:
            for one in (listener, other):
                one.bind((ADDRESS, 0))
            self.port, self.metrics_port = (one.getsockname()[1] for one in (listener, other))
            other.close()
            with self.log.open("ab") as log:
                return await asyncio.create_subprocess_exec(
                    *self._recipe.command,
                    "--fd",
                    str(listener.fileno()),
                    cwd=ROOT,
                    env={**self._recipe.environment, **self._variables()},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    pass_fds=[listener.fileno()],
                    start_new_session=True,  # Ctrl-C in a terminal is for the fleet
                )

    def _variables(self) -> dict[str, str]:
        """What Fly sets on a machine."""
        app = self._recipe.app
        return {
            "FLY_APP_NAME": app.app,
            "FLY_MACHINE_ID": self.id,
            "FLY_ALLOC_ID": self.id,
            "FLY_REGION": self.region,
            "FLY_PRIVATE_IP": "::1",
            "FLY_IMAGE_REF": f"registry.fly.io/{app.app}:deployment-{self.version}",
            "FLY_MACHINE_VERSION": str(self.version),
            "FLY_PROCESS_GROUP": "app",
            "FLY_VM_MEMORY_MB": str(app.memory),
            "PRIMARY_REGION": app.region,
            # Fly's machines have an address each; here they share one.
            "METRICS_PORT": str(self.metrics_port),
        }

    async def _listens(self, process: asyncio.subprocess.Process) -> None:
        end = time.monotonic() + START_LIMIT
        while process.returncode is None and time.monotonic() < end:
            with contextlib.suppress(OSError):
                _reader, writer = await asyncio.open_connection(ADDRESS, self.port)
                writer.close()
                return
            await asyncio.sleep(LOOK_EVERY)
        said = self.log.read_text(errors="replace")[-2000:]
        raise DidNotStart(f"Machine {self.id} does not listen:\n{said}")

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        if process is not self._process or self.state not in ("starting", "started", "suspended"):
            return
        # Who ends well is at rest; the restart policy is for those who fail.
        self.is_now("failed" if process.returncode else "stopped")
        if process.returncode:
            self._ended(self)


def kept_environment() -> dict[str, str]:
    """Give what of this process's environment a machine needs to run at all."""
    names = ("PATH", "HOME", "LANG", "TMPDIR", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    return {name: os.environ[name] for name in names if name in os.environ}
