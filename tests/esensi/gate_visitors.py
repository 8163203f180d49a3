"""Visitors of the gate whose pace the test decides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from django.conf import settings

from esensi.gate import RequestGate
from tests.sites.doors_probe import http_scope
from tests.waiting import auntil

PROMPT = 5.0  # seconds; what is waited for takes milliseconds


class Visitor:
    """One request whose client does what the test says, and no more."""

    def __init__(self, gate: RequestGate, **headers: str) -> None:
        self.sent: list[Any] = []
        self.reads = asyncio.Event()
        self.reads.set()
        self._events: asyncio.Queue[Any] = asyncio.Queue()
        self.task = asyncio.create_task(
            gate(http_scope("x", "/", "POST", headers), self._events.get, self._send)
        )

    def give(self, body: bytes, *, more: bool = False) -> Visitor:
        self._events.put_nowait({"type": "http.request", "body": body, "more_body": more})
        return self

    def leave(self) -> None:
        self._events.put_nowait({"type": "http.disconnect"})

    async def _send(self, message: Any) -> None:
        await self.reads.wait()
        self.sent.append(message)

    async def end(self) -> int | None:
        await asyncio.wait_for(self.task, PROMPT)
        return self.sent[0]["status"] if self.sent else None

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent).decode()


class Inside:
    """An application that counts who is in, and lets nobody out until the test says so."""

    def __init__(self) -> None:
        self.inside = self.most = self.served = 0
        self.leave = asyncio.Event()
        self.body = b"tea"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.inside += 1
        self.served += 1
        self.most = max(self.most, self.inside)
        try:
            await receive()
            await self.leave.wait()
            await send({"type": "http.response.start", "status": 418, "headers": []})
            await send({"type": "http.response.body", "body": self.body})
        finally:
            self.inside -= 1


async def settled() -> None:
    """Let everything that can go on go on."""
    for _ in range(50):
        await asyncio.sleep(0)


@asynccontextmanager
async def full_house() -> AsyncIterator[tuple[RequestGate, Inside, list[Visitor]]]:
    """A gate all of whose turns are taken."""
    app = Inside()
    gate = RequestGate(app)
    guests = [Visitor(gate).give(b"") for _ in range(settings.REQUESTS_AT_ONCE)]
    await auntil(lambda: app.inside == settings.REQUESTS_AT_ONCE)
    yield gate, app, guests
    app.leave.set()
    for guest in guests:
        await guest.end()
