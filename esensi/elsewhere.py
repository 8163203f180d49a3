"""Requests that an operator has addressed to one instance of several."""

from __future__ import annotations

from esensi.asgi_types import App, Receive, Scope, Send


class Elsewhere:
    """Have the edge lead a request to the instance that its address names; take all others."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if b"instance=" in scope["query_string"]:
            from realtime import placement  # which no ordinary page needs

            if answer := placement.place_request(scope):
                await placement.refuse_request(answer, send)
                return
        await self._app(scope, receive, send)
