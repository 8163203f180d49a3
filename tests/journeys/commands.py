"""Management commands of a house, one after another in one process: a start takes two seconds."""

from __future__ import annotations

import contextlib
import io
import json
import os
import select
import subprocess
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: Seconds; the longest imports a real book.
PATIENCE = 300.0


class Commands:
    """Runs commands in ``environment``; the process starts with the first of them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    def run(self, *words: str) -> str:
        """Run a command; give what it said. Fails where the command does."""
        process = self._process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(words) + "\n")
        process.stdin.flush()
        readable, _, _ = select.select([process.stdout], [], [], PATIENCE)
        assert readable, f"`manage.py {words[0]}` has not ended within {PATIENCE:g} s."
        code, said, complained = json.loads(process.stdout.readline())
        assert code == 0, said + complained
        return str(said)

    def end(self) -> None:
        if self._process is None:
            return
        try:
            self._process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        self._process = None

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.commands"],
            cwd=ROOT,
            env=dict(self._environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


def main() -> None:
    """Read words of commands, a list in a line, and answer each with its code and what it said to stdout
    and to stderr."""
    # What anybody else prints does not come among the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for line in sys.stdin:
        answers.write(json.dumps(_execute(json.loads(line))) + "\n")
        answers.flush()


def _execute(words: list[str]) -> tuple[Any, str, str]:
    from django.core.management import ManagementUtility

    said, complained = io.StringIO(), io.StringIO()
    code: Any = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        try:
            ManagementUtility(["manage.py", *words]).execute()
        except SystemExit as end:
            code = end.code or 0
        except Exception:  # noqa: BLE001 - whatever it is, it is told
            traceback.print_exc(file=complained)
            code = 1
    return code, said.getvalue(), complained.getvalue()


if __name__ == "__main__":
    main()
