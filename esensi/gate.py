"""As many requests at once as there are database connections for them."""

from __future__ import annotations

import asyncio

from django.conf import settings

from esensi.asgi_types import App, Receive, Scope, Send
from sites.errors import service_unavailable, static_policy

#: A page takes some 30 ms, so that the last of 200 with four turns waits 1.5 s. Whoever comes after
#: them is better off on another instance, or a little later.
LONGEST_LINE = 200


class RequestGate:
    """Let ``settings.REQUESTS_AT_ONCE`` requests into Django; others wait here, or are sent away.

    Under ASGI each request takes a thread and may take a connection. Without the gate, a hundred
    requests would be a hundred threads that wait for four connections until they time out; here
    they wait in order, for nothing but a turn. Beyond ``LONGEST_LINE`` the answer is 503.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._waiting = 0
        self._turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        turn = self._turn()
        if turn.locked() and self._waiting >= LONGEST_LINE:
            await _send_away(send)
            return
        self._waiting += 1
        try:
            await turn.acquire()
        finally:
            self._waiting -= 1
        try:
            await self._app(scope, receive, send)
        finally:
            turn.release()

    def _turn(self) -> asyncio.Semaphore:
        # A semaphore belongs to a loop: tests and reloads bring new ones.
        loop = asyncio.get_running_loop()
        if loop not in self._turns:
            self._turns = {loop: asyncio.Semaphore(settings.REQUESTS_AT_ONCE)}
        return self._turns[loop]


async def _send_away(send: Send) -> None:
    response = service_unavailable()
    response["Content-Security-Policy"] = static_policy(response)
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
