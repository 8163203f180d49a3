"""The WebSocket door: the name and the origin are checked before anything behind it is reached."""

from __future__ import annotations

from channels.db import database_sync_to_async
from django.conf import settings
from django.http.request import split_domain_port, validate_host

from esensi.asgi_types import Message, Receive, Scope, Send, header
from sites import site_map
from sites.middleware import MISDIRECTED_REQUEST, canonical_name


async def sockets(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a handshake: 400 for an unknown name, 421 for a name of no host, 403 for a page that
    is not ours, 404 where no socket lives."""
    await receive()  # websocket.connect: only then may the handshake be answered
    await _refuse(await database_sync_to_async(_status)(scope), scope, send)


async def refuse_unsafe(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse a handshake that came without TLS."""
    await receive()
    await _refuse(403, scope, send)


def _status(scope: Scope) -> int:
    name = header(scope, b"host")
    domain, _port = split_domain_port(name)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return 400
    if canonical_name(name) not in site_map.current().by_domain:
        return MISDIRECTED_REQUEST
    if header(scope, b"origin") not in settings.HOST_NAMES.origins:
        return 403
    return 404


async def _refuse(status: int, scope: Scope, send: Send) -> None:
    """Refuse with a status where the server can, with a bare 403 where it cannot."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    start: Message = {"type": "websocket.http.response.start", "status": status, "headers": []}
    await send(start)
    await send({"type": "websocket.http.response.body", "body": b""})
