"""A WebSocket through the edge: what either side sends reaches the other, and so does how it ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import aiohttp
from aiohttp import WSCloseCode, WSMsgType, web
from multidict import CIMultiDict
from yarl import URL

from esensi.fleet.machine import Line

#: Seconds for the other side's goodbye.
GOODBYE: Final = 5.0
_OF_THE_HANDSHAKE: Final = frozenset(
    {
        *("sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions"),
        *("sec-websocket-accept", "sec-websocket-protocol"),
    }
)
Side = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


class BadHandshake(Exception):
    """A machine has answered a handshake otherwise. Its body is lost; browsers never show one."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(status)
        self.status, self.headers = status, headers


def is_handshake(request: web.BaseRequest) -> bool:
    asked = request.headers.get("Connection", "").lower()
    return "upgrade" in asked and request.headers.get("Upgrade", "").lower() == "websocket"


async def dial(
    session: aiohttp.ClientSession, address: str, headers: Sequence[tuple[str, str]]
) -> aiohttp.ClientWebSocketResponse:
    """Open a machine's side. Raises ``BadHandshake``, and aiohttp's errors of connections."""
    named = {name.lower(): value for name, value in headers}
    protocols = [one.strip() for one in named.get("sec-websocket-protocol", "").split(",")]
    try:
        return await session.ws_connect(
            URL(address, encoded=True),
            headers=CIMultiDict(
                pair for pair in headers if pair[0].lower() not in _OF_THE_HANDSHAKE
            ),
            protocols=[one for one in protocols if one],
            autoping=False,
            autoclose=False,
            max_msg_size=0,
            timeout=aiohttp.ClientWSTimeout(ws_close=GOODBYE),
        )
    except aiohttp.WSServerHandshakeError as error:
        raise BadHandshake(error.status, error.headers or {}) from error


class Tunnel:
    """One socket; among ``lines`` while it is open."""

    def __init__(
        self, request: web.BaseRequest, up: aiohttp.ClientWebSocketResponse, lines: set[Line]
    ) -> None:
        self._request, self._up, self._lines = request, up, lines
        self._down = web.WebSocketResponse(
            autoping=False,
            autoclose=False,
            compress=False,
            max_msg_size=0,
            timeout=GOODBYE,
            protocols=[up.protocol] if up.protocol else [],
        )
        self._going: asyncio.Task[None] | None = None

    async def run(self) -> web.WebSocketResponse:
        """Lead both ways until the socket ends."""
        try:
            await self._down.prepare(self._request)
            self._lines.add(self)
            ways = {
                asyncio.create_task(_pump(self._down, self._up)),
                asyncio.create_task(_pump(self._up, self._down)),
            }
            try:
                done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                if self._going is None and not any(one.result() for one in done):
                    self._cut()
            finally:
                for one in ways:
                    one.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
            if self._going:
                await self._going
        finally:
            self._lines.discard(self)
            if not self._up.closed:
                await self._up.close(code=WSCloseCode.GOING_AWAY)
        return self._down

    def go_away(self) -> None:
        if self._going is None:
            self._going = asyncio.create_task(self._say_going_away())

    async def _say_going_away(self) -> None:
        await asyncio.gather(
            *(side.close(code=WSCloseCode.GOING_AWAY) for side in (self._down, self._up)),
            return_exceptions=True,
        )

    def _cut(self) -> None:
        """End the client's side as the machine's ended: without a word."""
        if self._request.transport:
            self._request.transport.abort()


async def _pump(source: Side, target: Side) -> bool:
    """Lead what ``source`` says to ``target``; whether it ended by a goodbye, which has been answered."""
    with contextlib.suppress(ConnectionError, aiohttp.ClientError):
        while True:
            message = await source.receive()
            if message.type is WSMsgType.CLOSE:
                code = message.data or WSCloseCode.OK
                reason = (message.extra or "").encode()
                await target.close(code=code, message=reason)
                await source.close(code=code)
                return True
            if not await _send(target, message):
                return False
    return False


async def _send(target: Side, message: Any) -> bool:
    """Send one message on; False where it is none, but an end."""
    if message.type is WSMsgType.TEXT:
        await target.send_str(message.data)
    elif message.type is WSMsgType.BINARY:
        await target.send_bytes(message.data)
    elif message.type is WSMsgType.PING:
        await target.ping(message.data)
    elif message.type is WSMsgType.PONG:
        await target.pong(message.data)
    else:
        return False
    return True
