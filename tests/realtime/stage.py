"""Processes that each hold one channel layer, and what tests ask of them."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.journeys.server import ROOT

#: Seconds; a start takes half of one.
START_LIMIT = 60.0
#: Seconds for what takes milliseconds.
PATIENCE = 30.0


@dataclass(frozen=True)
class Spec:
    """A layer as a process makes it; ``patience`` is how many seconds its answers are waited for."""

    name: str
    backend: str
    config: dict[str, Any]
    databases: dict[str, Any] = field(default_factory=dict)
    apps: list[str] = field(default_factory=list)
    patience: float = PATIENCE

    def with_config(self, **changes: Any) -> Spec:
        return replace(self, config={**self.config, **changes})


class Refused(Exception):
    """The process answered with an error; its text begins with the error's class."""


class Ended(Exception):
    """The process has ended before it answered; with what it said."""


class Actor:
    """One process; its requests may overlap."""

    def __init__(
        self, spec: Spec, *, migrate: bool = False, program: str = "tests.realtime.actor"
    ) -> None:
        self.patience = spec.patience
        reading, writing = os.pipe()
        facts = {
            "backend": spec.backend,
            "config": spec.config,
            "databases": spec.databases,
            "apps": spec.apps,
            "migrate": migrate,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", program, json.dumps(facts), str(writing)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[writing],
            text=True,
        )
        os.close(writing)
        self._answers = os.fdopen(reading)
        self._number = 0
        self._waiting: dict[int, queue.Queue[Any]] = {0: queue.Queue()}
        self.said: list[str] = []
        self._threads = [threading.Thread(target=work) for work in (self._read, self._hear)]
        for thread in self._threads:
            thread.start()
        try:
            self._take(0, START_LIMIT)
        except BaseException:
            self.kill()
            self.close()
            raise

    def __call__(self, do: str, *, patience: float = 0.0, **asked: Any) -> Any:
        """Ask, and wait for the answer. Raises ``Refused``."""
        return self._take(self._ask(do, asked), patience or self.patience)

    def later(self, do: str, **asked: Any) -> Callable[..., Any]:
        """Ask, and give a function that waits for the answer."""
        number = self._ask(do, asked)
        return lambda patience=self.patience: self._take(number, patience)

    def kill(self) -> None:
        """End the process without a word, as a machine that loses power."""
        self.process.kill()
        self.process.wait()

    def suspend(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        if self.process.poll() is None:
            self.resume()
            assert self.process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()
        for thread in self._threads:
            thread.join()
        assert self.process.stdin is not None
        assert self.process.stderr is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stderr.close()
        self._answers.close()

    # ---------------------------------------------------------------------------------------

    def _ask(self, do: str, asked: dict[str, Any]) -> int:
        self._number += 1
        self._waiting[self._number] = queue.Queue()
        assert self.process.stdin is not None
        request = {"number": self._number, "do": do, "asked": asked}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._number

    def _take(self, number: int, patience: float) -> Any:
        try:
            said = self._waiting[number].get(timeout=patience)
        except queue.Empty:
            words = "".join(self.said[-20:])
            raise AssertionError(f"No answer in {patience} s; the process said: {words}") from None
        if said is None:
            raise Ended("".join(self.said[-20:]))
        del self._waiting[number]
        if "error" in said:
            raise Refused(said["error"])
        return said.get("value")

    def _read(self) -> None:
        for line in self._answers:
            said = json.loads(line)
            waiting = self._waiting.get(said["number"])
            if waiting is not None:
                waiting.put(said)
        for waiting in list(self._waiting.values()):
            waiting.put(None)  # there will be no answer any more

    def _hear(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)


@contextlib.contextmanager
def stage() -> Iterator[Callable[..., Actor]]:
    """Give a function that starts actors; all end with the block."""
    actors: list[Actor] = []

    def start(spec: Spec, **options: Any) -> Actor:
        actors.append(Actor(spec, **options))
        return actors[-1]

    try:
        yield start
    finally:
        for actor in actors:
            actor.close()
