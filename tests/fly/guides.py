"""What the pages of the documentation tell one to type, and a laptop of one's own to type it on."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg

from tests.fly.files import ROOT
from tests.journeys.server import psycopg_url
from tests.waiting import free_port

#: Their commands are forms (`import_book FILE…`) that other tests fill, or history.
LEFT_OUT = ("docs/commands.md", "docs/decisions")
PAGES = sorted(
    path
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if not str(path.relative_to(ROOT)).startswith(LEFT_OUT)
)
#: Seconds for what takes five on a quiet machine.
PATIENCE = 90.0
_COMMAND = re.compile(
    r"(?:[A-Z_]+=\S+ )*(?:\.venv/bin/python |python )?"
    r"((?:manage\.py|make) [a-z].*|-m (?:benchmarks|tests)[.a-z_]*.*|curl .*)"
)


def local_commands() -> dict[str, str]:
    """Give each command that needs no account, without its interpreter, and the page that names it."""
    found: dict[str, str] = {}
    for page in PAGES:
        text = page.read_text().replace("\\\n", " ")
        blocks = re.findall(r"^```sh\n(.*?)^```", text, re.S | re.M)
        text = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
        lines = [line for block in blocks for line in block.splitlines()]
        quoted = [" ".join(each.split()) for each in re.findall(r"`([^`]+)`", text)]
        for line in [*lines, *quoted]:
            for each in [line, *re.findall(r'-C "([^"]+)"', line)]:
                if command := _COMMAND.fullmatch(each.partition("  #")[0].strip()):
                    found.setdefault(command[1], str(page.relative_to(ROOT)))
    return found


def steps(page: Path, heading: str) -> list[str]:
    """Give the lines of shell below one heading, in their order."""
    section = page.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"```sh\n(.*?)```", section, re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


class Answer(NamedTuple):
    """What a line came to."""

    code: int
    said: str


class Laptop:
    """A folder that looks like the project's, with a database and ports of its own."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.port, self.metrics = free_port(), free_port()
        for each in ROOT.iterdir():
            if each.name not in (".git", ".local"):
                (folder / each.name).symlink_to(each)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ESENSI_")}
        self.environment = kept | {
            "DATABASE_URL": database,
            "PORT": str(self.port),
            "ESENSI_MEDIA_ROOT": str(folder / "media"),
            "ESENSI_MAIL_ROOT": str(folder / "mail"),
            "PYTHONWARNINGS": "ignore",
            "WORKER": "off",  # or smaller covers of all demo books are made meanwhile
        }
        self._rest: list[subprocess.Popen[str]] = []

    def line(self, line: str) -> str:
        """Give a line as it is typed here: other ports, and no look at the virtual environment, which
        the tests run in and nobody may build anew meanwhile."""
        line = re.sub(r"\bmake ", "make -o venv ", line)
        return line.replace(":8000", f":{self.port}").replace("9091", str(self.metrics))

    def run(self, line: str, *, seconds: float = PATIENCE) -> Answer:
        """Run a line to its end, which comes within ``seconds``."""
        ended = subprocess.run(
            ["sh", "-c", self.line(line)],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        return Answer(ended.returncode, ended.stdout)

    def run_until_well(self, line: str) -> Answer:
        """Run a line again and again until it ends with 0: what it asks is still starting."""
        deadline = time.monotonic() + PATIENCE
        while (answer := self.run(line)).code and time.monotonic() < deadline:
            time.sleep(0.2)
        return answer

    def leave_running(self, line: str) -> Path:
        """Start a line, as in a terminal of its own; give the file of what it says."""
        log = self.folder / f"terminal-{len(self._rest)}.log"
        with log.open("w") as output:
            self._rest.append(
                subprocess.Popen(
                    ["sh", "-c", self.line(line)],
                    cwd=self.folder,
                    env=self.environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    text=True,
                    start_new_session=True,
                )
            )
        return log

    def close(self) -> None:
        """Ctrl-C in every terminal."""
        for process in self._rest:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGINT)
        for process in self._rest:
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@contextlib.contextmanager
def laptop(folder: Path) -> Iterator[Laptop]:
    """Give a laptop with an empty database, on the server of the tests."""
    server = os.environ["DATABASE_URL"]
    name = f"guide_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    made = Laptop(folder, psycopg_url(server, name))
    try:
        yield made
    finally:
        made.close()
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def has_curl() -> bool:
    return shutil.which("curl") is not None
