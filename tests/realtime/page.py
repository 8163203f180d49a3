"""A page's connection, as client.js has it, over a real WebSocket; and people who are signed in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connections
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.journeys.server import ROOT
from tests.waiting import free_port

#: Seconds for what takes milliseconds.
PATIENCE = 10.0


def session_of(user: Any, **more: Any) -> str:
    """Sign somebody in; the session's key."""
    from sites.accounts.sessions import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    for key, value in more.items():
        store[key] = value
    store.create()
    return str(store.session_key)


async def in_database(work: Callable[..., Any], *words: Any, **named: Any) -> Any:
    """Do something with the database in a thread, which gives its connection back."""

    def run() -> Any:
        try:
            return work(*words, **named)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def cookie(session_key: str) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={session_key}"


@dataclass
class Server:
    """A running server; its log is read at the end."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def says(self) -> str:
        return self.log.read_text()


@contextlib.contextmanager
def serving(database: str, folder: Path, *words: str) -> Iterator[Server]:
    """Run the house as deployed for the length of the block, with limits as ``KEY=VALUE``."""
    port = free_port()
    with _running(database, folder, port, ["-m", "tests.realtime.serve", str(port), *words]) as it:
        yield it


@contextlib.contextmanager
def serving_for_developers(database: str, folder: Path) -> Iterator[Server]:
    """Run the house as `make dev` does, on daphne, for the length of the block."""
    port = free_port()
    words = ["manage.py", "runserver", f"127.0.0.1:{port}", "--noreload"]
    with _running(database, folder, port, words, ESENSI_DEBUG="1") as server:
        yield server


@contextlib.contextmanager
def _running(
    database: str, folder: Path, port: int, words: list[str], **more: str
) -> Iterator[Server]:
    log = folder / f"serve-{port}.log"
    kept = {"DATABASE_URL": database, "WORKER": "off", "PYTHONWARNINGS": "", **more}
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env=os.environ | kept,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_until_open(port, process, log)
        yield Server(port, process, log)
    finally:
        process.kill()  # how it ends well is another test's matter, and takes seconds
        process.wait()


def _wait_until_open(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise AssertionError(f"Nobody listens:\n{log.read_text()}")


class Page:
    """What a page has heard so far."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[dict[str, Any]] = []
        self.code: int | None = None
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for frame in self.socket:
                self.heard += json.loads(frame)
                self._news.set()
        except ConnectionClosed:
            pass
        self.code = self.socket.close_code
        self._news.set()

    async def do(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def join(self, *rooms: str, since: dict[str, Any] | None = None) -> None:
        """Join, and wait for the answers."""
        before = len(self._answers())
        wanted = [{"room": room} | ({"since": since} if since else {}) for room in rooms]
        await self.do(do="join", rooms=wanted)
        await self.wait_for(lambda: len(self._answers()) >= before + len(rooms))

    def _answers(self) -> list[dict[str, Any]]:
        return [one for one in self.heard if one["is"] in ("joined", "refused")]

    def of(self, kind: str, room: str = "") -> list[dict[str, Any]]:
        return [
            one for one in self.heard if one["is"] == kind and (not room or one["room"] == room)
        ]

    async def until(self, kind: str, number: int = 1, *, room: str = "") -> dict[str, Any]:
        """Wait for the n-th message of a kind."""
        await self.wait_for(lambda: len(self.of(kind, room)) >= number)
        return self.of(kind, room)[number - 1]

    async def wait_for(self, condition: Any) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                assert self.code is None, (self.code, self.socket.close_reason, self.heard[-3:])
                self._news.clear()
                await self._news.wait()

    async def ended(self) -> int | None:
        """Wait for the end; its code."""
        async with asyncio.timeout(PATIENCE):
            await self._reading
        return self.code

    async def close(self) -> None:
        await self.socket.close()
        await self._reading


def dial(
    port: int,
    *,
    session: str = "",
    host: str = "main",
    origin: str | None = None,
    path: str = "/realtime/",
    **more: Any,
) -> connect:
    """Begin a handshake as a page of ``host`` does; to be awaited or entered."""
    domain = settings.HOST_NAMES.domains[host]
    headers = {"Cookie": cookie(session)} if session else {}
    return connect(
        f"ws://{domain}{path}",
        host="127.0.0.1",
        port=port,
        origin=origin or f"{settings.HOST_NAMES.scheme}://{domain}",  # type: ignore[arg-type]
        additional_headers=headers,
        compression=None,
        proxy=None,
        **more,
    )


@contextlib.asynccontextmanager
async def page(port: int, **words: Any) -> AsyncIterator[Page]:
    """Open a page's socket for the length of the block."""
    opened = Page(await dial(port, **words))
    try:
        await opened.until("welcome")
        yield opened
    finally:
        await opened.close()
