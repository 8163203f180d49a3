"""A WebSocket of which every bit can be wrong."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
from types import TracebackType
from typing import Any

from django.conf import settings

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
#: Seconds for what takes milliseconds.
PATIENCE = 30.0


def frame(
    opcode: int, body: bytes = b"", *, fin: bool = True, rsv: int = 0, mask: bool = True
) -> bytes:
    """Give the bytes of one frame."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    bit = 0x80 if mask else 0
    if len(body) < 126:
        head = struct.pack("!BB", first, bit | len(body))
    elif len(body) < 65_536:
        head = struct.pack("!BBH", first, bit | 126, len(body))
    else:
        head = struct.pack("!BBQ", first, bit | 127, len(body))
    if not mask:
        return head + body
    key = os.urandom(4)
    pad = (key * (len(body) // 4 + 1))[: len(body)]
    masked = int.from_bytes(body, "big") ^ int.from_bytes(pad, "big")
    return head + key + masked.to_bytes(len(body), "big")


def close(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason)


class Raw:
    """One connection, to be used with ``async with``; opens the socket of a visitor's page."""

    def __init__(self, port: int, *, limit: int = 2**16) -> None:
        self._port, self._limit = port, limit
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def __aenter__(self) -> Raw:
        domain = settings.HOST_NAMES.domains["main"]
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self._port, limit=self._limit
        )
        lines = [
            "GET /realtime/ HTTP/1.1",
            f"Host: {domain}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
            f"Origin: {settings.HOST_NAMES.scheme}://{domain}",
        ]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = await self._in_time(self.reader.readuntil(b"\r\n\r\n"))
        assert head.startswith(b"HTTP/1.1 101"), head
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.writer.transport.abort()

    def send(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))

    async def hear(self) -> tuple[int, bytes]:
        """Give the next frame: its opcode and body."""
        first, length = await self._in_time(self.reader.readexactly(2))
        if length == 126:
            (length,) = struct.unpack("!H", await self._in_time(self.reader.readexactly(2)))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self._in_time(self.reader.readexactly(8)))
        return first & 0xF, await self._in_time(self.reader.readexactly(length))

    async def message(self, kind: str) -> dict[str, Any]:
        """Wait for a message; others are passed over."""
        while True:
            opcode, body = await self.hear()
            assert opcode == TEXT, (opcode, body)
            for message in json.loads(body):
                if message["is"] == kind:
                    return dict(message)

    async def ended(self) -> int:
        """Wait for the end; its code, 1005 for a close frame without one, 1006 for none."""
        code = 1006
        try:
            while True:
                opcode, body = await self.hear()
                if opcode == CLOSE:
                    code = struct.unpack("!H", body[:2])[0] if body else 1005
                    self.send(frame(CLOSE, body[:2]))
        except (asyncio.IncompleteReadError, ConnectionError):
            return code

    async def _in_time(self, waiting: Any) -> Any:
        async with asyncio.timeout(PATIENCE):
            return await waiting
