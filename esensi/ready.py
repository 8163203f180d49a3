"""Can this process serve pages at this moment? For people: balancers ask `/healthz`, which asks nobody."""

from __future__ import annotations

import asyncio

from esensi.asgi_types import App, Receive, Scope, Send

PATH = "/readyz"
#: Seconds; a person who asks by hand waits no longer.
PATIENCE = 5.0
_HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]


class Ready:
    """Answer ``GET /readyz`` with 200 where the database answers, else with 503 and a sentence; lead
    everything else on. All who ask at once are told of one look: however many they are, the database has
    one connection more, and no thread waits behind another."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._look: asyncio.Task[str] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != PATH or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(PATIENCE):
                fault = await asyncio.shield(self._looking())
        except TimeoutError:
            fault = f"The database does not answer within {PATIENCE:g} s."
        body = b"" if scope["method"] == "HEAD" else f"{fault or 'Ready.'}\n".encode()
        headers = [*_HEADERS, (b"retry-after", b"5")] if fault else _HEADERS
        await send(
            {"type": "http.response.start", "status": 503 if fault else 200, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})

    def _looking(self) -> asyncio.Task[str]:
        """Give the look that is under way, or begin one."""
        look = self._look
        if look is None or look.done() or look.get_loop() is not asyncio.get_running_loop():
            look = self._look = asyncio.create_task(asyncio.to_thread(_fault))
        return look


def _fault() -> str:
    """Say what keeps pages from being served; what the error says may name places, and stays here."""
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "The database does not answer."
    finally:
        connection.close()
    return ""
