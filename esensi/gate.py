"""As many requests at once as there are database connections for them."""

from __future__ import annotations

import asyncio

from django.conf import settings

from esensi.asgi_types import App, Receive, Scope, Send


class RequestGate:
    """Let ``settings.REQUESTS_AT_ONCE`` requests into Django; others wait here.

    Under ASGI each request takes a thread and may take a connection. Without the gate, a hundred
    requests would be a hundred threads that wait for four connections until they time out; here
    they wait in order, for nothing but a turn.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._turn():
            await self._app(scope, receive, send)

    def _turn(self) -> asyncio.Semaphore:
        # A semaphore belongs to a loop: tests and reloads bring new ones.
        loop = asyncio.get_running_loop()
        if loop not in self._turns:
            self._turns = {loop: asyncio.Semaphore(settings.REQUESTS_AT_ONCE)}
        return self._turns[loop]
