"""One line in the log for every request, and the metrics of HTTP (docs/devops/observability.md)."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Final

from django.conf import settings

from esensi import http_metrics
from esensi.asgi_types import App, Message, Receive, Scope, Send, header
from esensi.record import SCOPE_KEY, Record, current
from sites.middleware import canonical_name

logger = logging.getLogger("esensi.requests")

#: What is answered before Django, or beside it, by the beginning of the path: never more of it.
PLACES: Final = ("/static/", "/media/", "/files/", "/realtime/events/", "/realtime/say/", "/readyz")
#: Open for as long as their readers read: how long says nothing of how fast they are.
STREAMS: Final = ("/realtime/events/",)
#: The reader left before there was an answer: a status that is never sent, as nginx writes it.
NOBODY_THERE: Final = 499
SWITCHED: Final = 101
#: What a handshake's first message comes to; the third kind, an answer, says so itself. A close before the
#: handshake is what servers make a 403 of.
_STATUSES: Final = {"websocket.accept": SWITCHED, "websocket.close": 403}
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Recorded:
    """Record what ``app`` answers; each answer carries its line's id as ``X-Request-Id``.

    An id that a client sends is not taken over: it could be anything. Of a WebSocket the handshake is
    recorded, when it is answered.
    """

    def __init__(self, app: App, *, clock: Callable[[], float] = time.perf_counter) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        record = Record(
            id=secrets.token_hex(8),
            method=_method(scope),
            host=_host(scope),
            began=self._clock(),
            route=next((place for place in PLACES if scope["path"].startswith(place)), ""),
        )
        scope[SCOPE_KEY] = record
        if scope["type"] == "websocket":
            await self._app(scope, receive, self._shaken(scope, record, send))
            return
        token = current.set(record)
        http_metrics.begin()
        try:
            await self._app(scope, receive, _answered(record, send))
        except Exception:
            record.status = record.status or 500
            raise
        finally:
            http_metrics.end()
            current.reset(token)
            self._tell(record)

    def _shaken(self, scope: Scope, record: Record, send: Send) -> Send:
        def sending(message: Message) -> Awaitable[None]:
            # No coroutine of its own: every message to every reader comes by here.
            if not record.status:
                record.status = _STATUSES.get(message["type"], 0) or message.get("status", 0)
                record.user_id = scope.get("user_id")
                self._tell(record)
            return send(message)

        return sending

    def _tell(self, record: Record) -> None:
        seconds = self._clock() - record.began
        record.status = record.status or NOBODY_THERE
        is_long = record.status == SWITCHED or record.route in STREAMS
        http_metrics.count(record, None if is_long else seconds)
        if logger.isEnabledFor(logging.INFO):
            told = (record.method, record.route or "-", record.status)
            logger.info("%s %s %d", *told, extra={"facts": facts(record, seconds)})


def facts(record: Record, seconds: float) -> dict[str, object]:
    """Give what the line says, in its order; seconds to the tenth of a millisecond."""
    return {
        "request": record.id,
        "host": record.host or None,
        "method": record.method,
        "route": record.route or None,
        "status": record.status,
        "user": record.user_id,
        "seconds": round(seconds, 4),
        "waited": round(record.waited, 4),
        "database": round(record.database, 4),
        "queries": record.queries,
        "render": round(record.render, 4),
        "bytes": record.sent,
        "cached": record.cached,
    }


def _answered(record: Record, send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            record.status = message["status"]
            named = (b"x-request-id", record.id.encode())
            message = {**message, "headers": [*message.get("headers", ()), named]}
        elif message["type"] == "http.response.body":
            record.sent += len(message.get("body", b""))
        await send(message)

    return sending


def _method(scope: Scope) -> str:
    if scope["type"] == "websocket":
        return "WEBSOCKET"
    method: str = scope["method"]
    return method if method in METHODS else "OTHER"


def _host(scope: Scope) -> str:
    """Give the key of the host that was asked for, and nothing for a name that is not ours."""
    names: dict[str, str] = settings.HOST_NAMES.domains
    asked = canonical_name(header(scope, b"host"))
    return next((key for key, domain in names.items() if domain == asked), "")
