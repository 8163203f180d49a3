"""Is this process alive? Answered before host, TLS and session, and without the database."""

from __future__ import annotations

from esensi.asgi_types import App, Receive, Scope, Send

#: What load balancers ask. They come by private address, so that no host check may stand before
#: it; a database that is away for a moment must not take every instance out of the rotation.
PATH = "/healthz"


class Health:
    """Answer ``GET /healthz`` with 200; lead everything else on."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != PATH or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else b"ok\n"}
        )
