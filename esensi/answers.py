"""Answers, kept until their request has given its turn back, and then sent at the reader's pace."""

from __future__ import annotations

import asyncio

from esensi.asgi_types import Message, Send
from esensi.bodies import Buffer, Room

#: The longest chapter, 2,000,000 characters of at most 4 bytes, and the page around it.
LARGEST_ANSWER = 10_000_000
#: For one piece of an answer: who takes less than 64 KiB a minute is not reading.
PIECE_SECONDS = 60.0
#: For all of an answer that passes through, because its request keeps its turn meanwhile.
PASSING_SECONDS = 30.0
_PIECE = 64 * 1024  # bytes; what Django, too, sends at once


class Answer:
    """What an application sends, held back while it is short enough.

    Beyond ``LARGEST_ANSWER``, or where ``room`` is full, everything passes through as it comes, and
    the application waits for its reader, ``PASSING_SECONDS`` at most. A reader who takes no piece in
    ``seconds`` has ``left``.
    """

    def __init__(self, send: Send, *, left: asyncio.Event, room: Room, seconds: float) -> None:
        self._send = send
        self._left = left
        self._seconds = seconds
        self._start: Message | None = None
        self._body = Buffer(room)
        self._complete = False
        self._deadline: float | None = None  # of all that passes through, once something does

    async def send(self, message: Message) -> None:
        """Take a message from the application."""
        if self._deadline is None:
            if self._keep(message):
                return
            self._deadline = asyncio.get_running_loop().time() + PASSING_SECONDS
            await self._flush()
        await self._pass(message)

    async def finish(self) -> None:
        """Send what was held back."""
        if self._deadline is None:
            await self._flush()

    def drop(self) -> None:
        """Forget what was held back; may be called twice."""
        self._body.drop()

    def _keep(self, message: Message) -> bool:
        if message["type"] == "http.response.start" and self._start is None:
            self._start = message
            return True
        piece = message.get("body", b"")
        if message["type"] != "http.response.body" or self._complete:
            return False
        if len(self._body) + len(piece) > LARGEST_ANSWER or not self._body.add(piece):
            return False
        self._complete = not message.get("more_body", False)
        return True

    async def _flush(self) -> None:
        if self._start is None:
            return
        await self._pass(self._start)
        body = memoryview(self._body.peek())
        for begin in range(0, len(body), _PIECE):
            piece = bytes(body[begin : begin + _PIECE])
            more = not self._complete or begin + _PIECE < len(body)
            await self._pass({"type": "http.response.body", "body": piece, "more_body": more})
        if self._complete and not body:
            await self._pass({"type": "http.response.body", "body": b""})
        self.drop()

    async def _pass(self, message: Message) -> None:
        if self._left.is_set():
            return  # as servers do: nobody is there to hear an error
        until = asyncio.get_running_loop().time() + self._seconds
        if self._deadline is not None:
            until = min(until, self._deadline)
        try:
            async with asyncio.timeout_at(until):
                await self._send(message)
        except TimeoutError:
            self._left.set()
