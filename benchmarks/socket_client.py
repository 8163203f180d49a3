"""Sockets as pages have them, thousands in one process: a handshake, frames, and little else.

Written on asyncio's transports, since a library's client costs more than the server that is measured.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
from collections.abc import Callable
from typing import Any

#: Sockets from one address: loopback has many, and each may have as many as the limit allows.
PER_ADDRESS = 200
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
_MASK = b"\0\0\0\0"  # what is masked with zeros reads as it is


class Socket(asyncio.Protocol):
    """One socket. ``on_text`` is called with each frame, ``on_end`` with the close code (0: none)."""

    def __init__(self, on_text: Callable[[bytes], None], on_end: Callable[[int], None]) -> None:
        self._on_text, self._on_end = on_text, on_end
        self._buffer = b""
        self._is_open = False
        self._code = 0
        self.transport: Any = None
        self.opened = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("The handshake was not answered."))
        self._on_end(self._code)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        if not self._is_open:
            head, end, buffer = buffer.partition(b"\r\n\r\n")
            if not end:
                self._buffer = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(ConnectionError(head.split(b"\r\n")[0].decode()))
                self.transport.close()
                return
            self._is_open = True
            self.opened.set_result(None)
        self._buffer = self._frames(buffer)

    def _frames(self, buffer: bytes) -> bytes:
        at, total = 0, len(buffer)
        while total - at >= 2:
            length, body = buffer[at + 1], at + 2
            if length == 126:
                if total - body < 2:
                    break
                (length,), body = struct.unpack_from("!H", buffer, body), body + 2
            elif length == 127:
                if total - body < 8:
                    break
                (length,), body = struct.unpack_from("!Q", buffer, body), body + 8
            if total - body < length:
                break
            self._frame(buffer[at] & 0xF, buffer[body : body + length])
            at = body + length
        return buffer[at:]

    def _frame(self, opcode: int, body: bytes) -> None:
        if opcode == TEXT:
            self._on_text(body)
        elif opcode == PING:
            self._write(PONG, body)
        elif opcode == CLOSE:
            self._code = struct.unpack_from("!H", body)[0] if len(body) > 1 else 1005
            self._write(CLOSE, body[:2])

    def say(self, frame: dict[str, Any]) -> None:
        self._write(TEXT, json.dumps(frame).encode())

    def _write(self, opcode: int, body: bytes) -> None:
        if len(body) < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | len(body))
        else:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, len(body))
        self.transport.write(head + _MASK + body)


async def dial(
    number: int,
    facts: dict[str, Any],
    on_text: Callable[[bytes], None],
    on_end: Callable[[int], None] = lambda code: None,
) -> Socket:
    """Open the n-th socket, of the n-th session. Raises ``OSError`` where it is refused."""
    key = facts["sessions"][number % len(facts["sessions"])][1] if facts["sessions"] else ""
    lines = [
        "GET /realtime/ HTTP/1.1",
        f"Host: {facts['host']}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        f"Origin: http://{facts['host']}",
        *([f"Cookie: {facts['cookie']}={key}"] if key else []),
    ]
    loop = asyncio.get_running_loop()
    _transport, socket = await loop.create_connection(
        lambda: Socket(on_text, on_end),
        "127.0.0.1",
        facts["port"],
        local_addr=(f"127.0.1.{1 + number // PER_ADDRESS}", 0),
    )
    socket.transport.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    await socket.opened
    return socket
