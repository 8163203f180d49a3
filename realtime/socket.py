"""WebSockets, as a plain ASGI application.

Not a consumer of Channels: one channel, one queue and one dispatch for each socket of each message
were measured to be thirty times slower (decision 0016).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from django.db import DatabaseError
from django.utils import timezone

from realtime import metrics, placement, sessions
from realtime.asking import Unavailable, in_thread
from realtime.connection import Caller, Connection
from realtime.errors import RealtimeError
from realtime.protocol import PATH, Close
from realtime.reception import Door, Reception
from realtime.talking import Talk

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
#: With the seconds after which to try again.
NOT_NOW: Final = 503
RETRY_AFTER: Final = [(b"retry-after", b"5")]
#: Why a connection is refused, by status, as metrics say it.
_WHYS: Final = {
    400: "unknown-host",
    421: "unknown-host",
    FORBIDDEN: "foreign-origin",
    NOT_FOUND: "no-such-path",
    NOT_NOW: "unavailable",
}
#: Seconds for which a name's host is remembered, so that a storm of sockets asks once; and names.
HOST_FRESH: Final = 5.0
MOST_HOSTS: Final = 100
_hosts: dict[str, tuple[float, str | int]] = {}


class Sockets:
    """Answers handshakes at ``protocol.PATH``, and 404 at any other path."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect: only then may the handshake be answered
        status, host = await admit(self._door, scope)
        if not status and scope["path"] != PATH:
            status = NOT_FOUND
        if status:
            await refuse(status, scope, send)
            return
        if answer := placement.place(scope):
            await placement.refuse_handshake(answer, scope, send)
            return
        key = sessions.session_key(header(scope, b"cookie"))
        try:
            reception = await Reception.here(self._door)
            heard = reception.revoking.heard
            user = await reception.user_of(key)
        except (Unavailable, DatabaseError, RealtimeError) as error:
            logger.warning("A socket was sent away: %s", error)
            await refuse(NOT_NOW, scope, send)
            return
        scope["user_id"] = user.pk  # for whoever keeps a log of handshakes
        await send({"type": "websocket.accept"})
        caller = Caller(user, key, host, self._door.network_of(scope))
        with reception.counted(caller.address, user.pk) as has_room:
            if not has_room:
                metrics.REFUSED.add(why="too-many-sockets")
                await _end(send, Close.TOO_MANY_SOCKETS, "Too many pages are open.")
                return
            connection = _connection(reception, caller, send)
            with reception.open(connection, heard):
                await _listen(Talk(reception, connection), receive)


async def _listen(talk: Talk, receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] != "websocket.receive":
            return
        await talk.hear(message.get("text"))


def _connection(reception: Reception, caller: Caller, send: Send) -> Connection:
    async def write(text: str) -> None:
        await send({"type": "websocket.send", "text": text})

    async def end(code: Close, reason: str) -> None:
        await _end(send, code, reason)

    return Connection(
        reception.hub, caller, kind="socket", write=write, end=end, opened_at=timezone.now()
    )


async def _end(send: Send, code: Close, reason: str) -> None:
    await send({"type": "websocket.close", "code": int(code), "reason": reason})


async def admit(door: Door, scope: Scope) -> tuple[int, str]:
    """Give the status that refuses a connection, or 0 and the host that it has come to."""
    name = header(scope, b"host")
    known = _hosts.get(name)
    if known and time.monotonic() < known[0]:
        host = known[1]
    else:
        try:
            host = await in_thread(door.host_of, scope)
        except DatabaseError:
            return NOT_NOW, ""
        if len(_hosts) >= MOST_HOSTS:
            _hosts.clear()
        _hosts[name] = (time.monotonic() + HOST_FRESH, host)
    if isinstance(host, int):
        return host, ""
    if scope["type"] == "websocket" and header(scope, b"origin") not in door.origins:
        return FORBIDDEN, host
    return 0, host


def header(scope: Scope, name: bytes) -> str:
    """Give a header's value, the last one where it was sent twice; empty without one."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[-1].decode("latin-1") if values else ""


def count_refusal(status: int, why: str = "") -> None:
    """Count a connection that was refused with this status, for a reason of its own where it has one."""
    metrics.REFUSED.add(why=why or _WHYS.get(status, "other"))


async def refuse(status: int, scope: Scope, send: Send, *, why: str = "") -> None:
    """Refuse a handshake with a status where the server can, with a bare 403 where it cannot; ``why``
    is counted in the place of what the status says."""
    count_refusal(status, why)
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = RETRY_AFTER if status == NOT_NOW else []
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b""})
