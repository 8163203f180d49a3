"""A fleet of stubs behind a real edge, and somebody who asks it."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from esensi.fleet.edge import Place
from esensi.fleet.fleet import Fleet
from esensi.fleet.flyfile import FlyFile, parse
from esensi.fleet.machine import Bell, Recipe, kept_environment

#: Seconds for what takes tenths of one.
PATIENCE = 60.0
NAME = "stub.test"
STUB = (sys.executable, "-m", "tests.esensi.fleet.stub")
FILE: dict[str, Any] = {
    "app": "stub",
    "primary_region": "sin",
    "kill_signal": "SIGTERM",
    "kill_timeout": 10,
    "http_service": {
        "auto_stop_machines": "stop",
        "concurrency": {"type": "connections", "soft_limit": 2, "hard_limit": 3},
        "checks": [{"path": "/healthz", "interval": "1s", "timeout": "10s", "grace_period": "1s"}],
    },
}


def file(**changes: Any) -> FlyFile:
    """The file with some keys of a table changed: ``deploy={…}``, ``concurrency={…}``."""
    words = {**FILE, **changes}
    if "concurrency" in changes:
        limits = words.pop("concurrency")
        words["http_service"] = {**FILE["http_service"], "concurrency": limits}
    return parse(words)


@dataclass
class Said:
    """An answer."""

    status: int
    headers: Any
    text: str
    json: Any


@dataclass
class Scene:
    fleet: Fleet
    session: aiohttp.ClientSession

    async def get(self, path: str = "/", *, method: str = "GET", **words: Any) -> Said:
        headers = {"Host": NAME, **words.pop("headers", {})}
        async with self.session.request(
            method, f"{self.address}{path}", headers=headers, allow_redirects=False, **words
        ) as answer:
            text = await answer.text()
            json = await answer.json() if text.startswith("{") else None
            return Said(answer.status, answer.headers, text, json)

    async def socket(self, path: str = "/") -> tuple[aiohttp.ClientWebSocketResponse, str]:
        """Open a WebSocket; it, and the machine that has it."""
        opened = await self.session.ws_connect(f"{self.address}{path}", headers={"Host": NAME})
        return opened, await opened.receive_str(timeout=PATIENCE)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.fleet.edge.port}"

    async def until(self, condition: Callable[[], Any]) -> None:
        await until(condition, self.fleet.bell)


async def until(condition: Callable[[], Any], bell: Bell, patience: float = PATIENCE) -> None:
    """Wait for a condition."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"Not in {patience} s."
        await bell.wait(0.05)


@contextlib.asynccontextmanager
async def scene(
    folder: Path,
    app: FlyFile | None = None,
    *,
    count: int = 1,
    variables: Mapping[str, str] | None = None,
    **place: Any,
) -> AsyncIterator[Scene]:
    """A fleet for the length of the block. Autostop's passes are made by the tests."""
    recipe = Recipe(app or file(), {**kept_environment(), **(variables or {})}, folder, STUB)
    regions = place.pop("regions", ())
    where = Place("sin", frozenset({NAME}), **{"patience": PATIENCE, **place})
    fleet = Fleet(recipe, where, regions=regions, rest_every=3600)
    try:
        await fleet.open()
        await fleet.scale(count)
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            yield Scene(fleet, session)
    finally:
        await fleet.close()
