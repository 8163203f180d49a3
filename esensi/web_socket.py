"""uvicorn's WebSockets, made so that nobody can make the server's memory grow.

uvicorn 0.54 waits for ever to end a socket whose other side does not read, answers pings of one who
does not read, keeps the empty fragments of a message that does not end, and writes a traceback for
text that is not UTF-8. websockets 17 takes a goodbye within a fragmented message for an error, which
Autobahn's case 7.1.5 does not.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

#: Seconds for the other side to take the last of what it is sent, and to say goodbye.
ABORT_AFTER: Final = 5.0
#: Bytes that are read at once. The smallest frame has 6, and each becomes some 400 in memory.
READ_AT_ONCE: Final = 32_768
#: RFC 6455, section 7.4.1.
NOT_UTF8: Final = 1007


class _Talk(ServerProtocol):
    def recv_frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.CLOSE:
            self.current_size = None  # RFC 6455, section 5.4: control frames may come in between.
        super().recv_frame(frame)


class WebSocket(WebSocketsSansIOProtocol):
    """One connection, without extensions."""

    _aborting: asyncio.TimerHandle | None = None

    def __init__(self, config: Config, *words: Any, **named: Any) -> None:
        super().__init__(config, *words, **named)
        self.conn = _Talk(max_size=config.ws_max_size, logger=self.conn.logger)

    def connection_made(self, transport: Any) -> None:
        if hasattr(transport, "max_size"):
            transport.max_size = READ_AT_ONCE
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._aborting:
            self._aborting.cancel()
        super().connection_lost(exc)

    async def send(self, message: Any) -> None:
        """As uvicorn's, but a goodbye does not wait until all before it has been read."""
        if message["type"] == "websocket.close" and not self.disconnected:
            self.writable.set()
            await super().send(message)
            self._abort_later()
        else:
            await super().send(message)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._abort_later()

    def handle_close(self, event: Frame) -> None:
        super().handle_close(event)
        self._abort_later()

    def handle_parser_exception(self) -> None:
        super().handle_parser_exception()
        self._abort_later()

    def handle_ping(self) -> None:
        # One who does not read gets no answers either: they would wait in memory. The newest of many
        # pings is the one that must be answered (RFC 6455, section 5.5.3), and they ask again.
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_cont(self, event: Frame) -> None:
        if event.data:
            self.frames.append(bytes(event.data))
        if event.fin:
            self.send_receive_event_to_app()

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not self.close_sent:
            try:
                b"".join(self.frames).decode()
            except UnicodeDecodeError:
                self.conn.fail(NOT_UTF8, "Text is UTF-8.")
                self.handle_parser_exception()
                return
        super().send_receive_event_to_app()

    def _abort_later(self) -> None:
        if self._aborting is None:
            self._aborting = self.loop.call_later(ABORT_AFTER, self.transport.abort)
