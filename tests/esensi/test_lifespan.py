"""What begins after the start and ends before the end."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import suppress
from typing import Any

import pytest

from esensi.lifespan import Lifespan, end
from tests.esensi.local_server import DEADLINE, REPOSITORY


class Process:
    """A server's side of ASGI's lifespan."""

    def __init__(self, *, fails: bool = False, after: float = 0.05) -> None:
        self.happened: list[str] = []
        self.asked: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.answered: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.begun = asyncio.Event()
        self._fails = fails
        self._task = asyncio.create_task(
            Lifespan(self._begin, self._end, after=after)(
                {"type": "lifespan"}, self.asked.get, self.answered.put
            )
        )

    async def _begin(self) -> None:
        self.happened.append("begun")
        self.begun.set()
        if self._fails:
            raise RuntimeError("It cannot be begun.")

    async def _end(self) -> None:
        self.happened.append("ended")
        if self._fails:
            raise RuntimeError("It cannot be ended.")

    async def tell(self, what: str) -> None:
        await self.asked.put({"type": f"lifespan.{what}"})
        answer = await asyncio.wait_for(self.answered.get(), DEADLINE)
        self.happened.append(answer["type"].removeprefix("lifespan."))


async def test_pages_do_not_wait_for_what_lives_with_the_process() -> None:
    process = Process()
    await process.tell("startup")
    assert process.happened == ["startup.complete"]
    await asyncio.wait_for(process.begun.wait(), DEADLINE)
    await process.tell("shutdown")
    assert process.happened == ["startup.complete", "begun", "ended", "shutdown.complete"]


async def test_a_process_that_ends_early_begins_nothing() -> None:
    process = Process(after=600)
    await process.tell("startup")
    await process.tell("shutdown")
    assert process.happened == ["startup.complete", "ended", "shutdown.complete"]


async def test_what_fails_stops_neither_the_start_nor_the_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    process = Process(fails=True)
    await process.tell("startup")
    await asyncio.wait_for(process.begun.wait(), DEADLINE)
    await process.tell("shutdown")
    assert process.happened[-1] == "shutdown.complete"
    assert "could not be begun" in caplog.text
    assert "could not be ended" in caplog.text


def test_nothing_of_it_is_loaded_before_it_begins() -> None:
    names = ("realtime.instances", "prometheus_client", "channels", "procrastinate")
    code = f"import esensi.lifespan, sys; sys.exit([n for n in {names} if n in sys.modules] or 0)"
    subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=True)


async def test_a_worker_that_does_not_end_keeps_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    released = asyncio.Event()

    async def deaf() -> None:
        while not released.is_set():
            with suppress(asyncio.CancelledError):
                await released.wait()

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    monkeypatch.setattr("esensi.lifespan.ENDS_WITHIN", 0.05)
    monkeypatch.setattr("esensi.lifespan._tasks", [task])
    async with asyncio.timeout(DEADLINE):
        await end()
    assert not task.done()
    released.set()
    await task
