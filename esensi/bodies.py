"""Request bodies, read before a request takes a turn: bounded in bytes, in seconds and in all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from esensi.asgi_types import Receive, Scope, Send, header
from sites.errors import RETRY_SECONDS

#: For the whole body: a chapter of 700,000 Arabic letters (4.2 MB) at 1 Mbit/s takes 34 seconds.
BODY_SECONDS = 60.0
#: How long a refused body is still read and thrown away. A connection that is closed with bytes
#: unread is reset, and many browsers then show that instead of our answer.
LINGER_SECONDS = 5.0
#: What each request may hold without asking: uvicorn itself buffers as much of any connection.
FREE = 64 * 1024


class Room:
    """A number of bytes that all requests of this process share.

    Whoever finds it full has nothing to wait for: the caller decides what to do without.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.held = 0

    def take(self, size: int) -> bool:
        """Take ``size`` bytes, or none; whether they were there."""
        if self.held + size > self._limit:
            return False
        self.held += size
        return True

    def give(self, size: int) -> None:
        """Give bytes back."""
        self.held -= size


class Buffer:
    """Bytes that are kept for a while; beyond the first ``FREE`` they take from a room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._bytes = bytearray()  # one piece: millions of tiny ones would cost fifty times more
        self._taken = 0

    def __len__(self) -> int:
        return len(self._bytes)

    def add(self, piece: bytes) -> bool:
        """Keep ``piece``; whether there was room for it."""
        wanted = max(0, len(self._bytes) + len(piece) - FREE) - self._taken
        if wanted > 0:
            if not self._room.take(wanted):
                return False
            self._taken += wanted
        self._bytes += piece
        return True

    def peek(self) -> bytearray:
        """Give what is kept; it stays."""
        return self._bytes

    def hand_over(self) -> bytes:
        """Give everything, and keep nothing."""
        whole = bytes(self._bytes)
        self.drop()
        return whole

    def drop(self) -> None:
        """Forget everything, and give the room back; may be called twice."""
        self._bytes = bytearray()
        self._room.give(self._taken)
        self._taken = 0


class ClientLeft(Exception):
    """The client closed the connection before its request was complete."""


class BodyRefused(Exception):
    """A body that is not read to its end; ``status`` is the answer's, ``sentence()`` its text."""

    status = 400
    #: Whether the client is still sending and should get to its end before the connection closes.
    lingers = True

    def sentence(self) -> str:
        """What happened and what to do, in the active language."""
        raise NotImplementedError


class BodyTooLarge(BodyRefused):
    status = 413

    def sentence(self) -> str:
        return _(
            "This form is larger than %(limit)d MB, and nothing of it was saved. "
            "Go back and send it in smaller parts."
        ) % {"limit": settings.LARGEST_BODY // 1_000_000}


class BodyTooSlow(BodyRefused):
    status = 408
    lingers = False

    def sentence(self) -> str:
        return _(
            "This form took too long to arrive, and nothing of it was saved. "
            "Go back and send it again when the connection is better."
        )


class NoRoomForBody(BodyRefused):
    status = 503

    def sentence(self) -> str:
        return _(
            "Too many large forms arrive at this moment, and nothing of yours was saved. "
            "Go back and send it again in a minute."
        )


class Body:
    """The body of one request: read it, then hand it over."""

    def __init__(self, room: Room) -> None:
        self._buffer = Buffer(room)
        self._ended = False

    async def read(self, scope: Scope, receive: Receive, *, seconds: float) -> None:
        """Read it to its end, within ``seconds``.

        Raises BodyTooLarge beyond ``settings.LARGEST_BODY`` bytes, announced or counted, BodyTooSlow,
        NoRoomForBody, and ClientLeft.
        """
        announced = header(scope, b"content-length")
        if announced.isdecimal() and int(announced[:20]) > settings.LARGEST_BODY:
            raise BodyTooLarge
        try:
            async with asyncio.timeout(seconds):
                while not self._ended:
                    piece = await self._next(receive)
                    if len(self._buffer) + len(piece) > settings.LARGEST_BODY:
                        raise BodyTooLarge
                    if not self._buffer.add(piece):
                        raise NoRoomForBody
        except TimeoutError:
            raise BodyTooSlow from None

    async def refuse(self, refusal: BodyRefused, receive: Receive, send: Send) -> None:
        """Send the refusal, let the client end what it sends, and close the connection."""
        self.drop()
        text = "\n\n".join(_in_every_language(refusal)).encode() + b"\n"
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(text)).encode()),
            (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
            (b"connection", b"close"),
        ]
        if refusal.status == NoRoomForBody.status:
            headers.append((b"retry-after", str(RETRY_SECONDS).encode()))
        await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
        await send({"type": "http.response.body", "body": text, "more_body": True})
        if refusal.lingers:
            with contextlib.suppress(TimeoutError, ClientLeft):
                async with asyncio.timeout(LINGER_SECONDS):
                    while not self._ended:
                        await self._next(receive)
        await send({"type": "http.response.body", "body": b""})

    def hand_over(self) -> bytes:
        """Give the whole body, and keep nothing of it."""
        return self._buffer.hand_over()

    def drop(self) -> None:
        """Forget it; may be called twice."""
        self._buffer.drop()

    async def _next(self, receive: Receive) -> bytes:
        message = await receive()
        if message["type"] == "http.disconnect":
            self._ended = True
            raise ClientLeft
        self._ended = not message.get("more_body", False)
        piece: bytes = message.get("body", b"")
        return piece


def _in_every_language(refusal: BodyRefused) -> Iterator[str]:
    # Nothing has read the reader's cookie yet, so that the answer speaks all the house's languages.
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield refusal.sentence()
