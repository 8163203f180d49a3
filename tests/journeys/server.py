"""A whole house on loopback: `manage.py up`, as a newcomer has it, on a database of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, Playwright

from tests.journeys.commands import Commands
from tests.waiting import free_port

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 120.0  # seconds; migrations and demo books take about five
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = [
    "--no-sandbox",  # tests run as root, too
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class NotServing(Exception):
    """`manage.py up` ended, or did not serve in time; with what it said."""


@dataclass
class Program:
    """`manage.py up`, which can be killed and started again at the same address."""

    port: int
    environment: dict[str, str]
    log: Path
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it serves. Raises ``NotServing``."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
            )
        wait_until_serving(self.port, self._process, self.log)

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process:
            self._process.kill()
            self._process.wait(timeout=20)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=20)
            self.kill()


@dataclass(frozen=True)
class House:
    """A running house: where it answers, and what its commands work on."""

    port: int
    environment: dict[str, str]
    program: Program
    commands: Commands

    def url(self, key: str, path: str = "/") -> str:
        name = "esensi.localhost" if key == "main" else f"{key}.esensi.localhost"
        return f"http://{name}:{self.port}{path}"

    def manage(self, *words: str) -> str:
        """Run a management command in this house; its output."""
        return self.commands.run(*words)


@contextlib.contextmanager
def running_house(
    folder: Path, server: str, *, name: str = "house", variables: Mapping[str, str] | None = None
) -> Iterator[House]:
    """Run `manage.py up` for the length of the block.

    ``folder`` takes its media and its log; ``server`` is the address of any database of the server
    on which the house gets a database of its own, called after ``name``; ``variables`` come into its
    environment. Raises ``NotServing``.
    """
    name = f"{name}_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": psycopg_url(server, name),
        "PORT": str(port),
        "ESENSI_MEDIA_ROOT": str(folder / "media"),
        "ESENSI_MAIL_ROOT": str(folder / "mail"),
        "DJANGO_SETTINGS_MODULE": "tests.journeys.house_settings",
        **(variables or {}),
    }
    program = Program(port, environment, folder / "up.log")
    commands = Commands(environment)
    try:
        program.start()
        yield House(port, environment, program, commands)
    finally:
        commands.end()
        program.stop()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def psycopg_url(server: str, name: str) -> str:
    """The same server's address with another database."""
    head, _, query = server.partition("?")
    return f"{head.rpartition('/')[0]}/{name}{'?' + query if query else ''}"


def wait_until_serving(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    address = f"http://127.0.0.1:{port}/healthz"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NotServing(f"`manage.py up` ended with {process.returncode}:\n{log.read_text()}")
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(address, timeout=5) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise NotServing(f"`manage.py up` did not serve within {START_LIMIT:.0f} s:\n{log.read_text()}")


def find_chromium() -> str | None:
    """Give the path of the machine's Chromium, if it has one."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def launch(playwright: Playwright, path: str) -> Browser:
    return playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
