"""What a client's frames do."""

from __future__ import annotations

import logging
import time
from typing import Any

from realtime import frames, protocol
from realtime.connection import Connection
from realtime.errors import NotConnected
from realtime.frames import Join, Leave, MalformedFrame, Ping, Say
from realtime.limits import Bucket
from realtime.protocol import Close, Why
from realtime.reception import Reception
from realtime.rooms import kind_of, split
from realtime.stream_errors import StreamError
from realtime.streams import atransient

logger = logging.getLogger(__name__)


class Talk:
    """One connection's frames, one after another: nothing of it waits anywhere but in the server."""

    __slots__ = ("_bucket", "_connection", "_malformed", "_reception")

    def __init__(self, reception: Reception, connection: Connection) -> None:
        limits = reception.hub.limits
        self._reception, self._connection = reception, connection
        self._bucket = Bucket(limits.frames_per_second, limits.frame_burst, time.monotonic())
        self._malformed = 0

    async def hear(self, text: str | None) -> None:
        """Obey a frame, or say why not; ``text`` is None for one that is not text."""
        connection = self._connection
        if connection.closed_with is not None:
            return
        if not self._bucket.take(time.monotonic()):
            connection.close(Close.TOO_FAST, "Frames came faster than a page sends them.")
        elif text is not None and is_too_long(text, self._reception.hub.limits.frame_bytes):
            connection.close(Close.TOO_LARGE, "A frame was too long.")
        else:
            try:
                await self._obey(text)
            except Exception:
                logger.exception("A frame could not be obeyed.")
                connection.close(Close.FAILED, "The server came upon an error. Come back.")

    async def _obey(self, text: str | None) -> None:
        connection = self._connection
        try:
            if text is None:
                raise MalformedFrame("A frame is text.")
            frame = frames.parse(text)
        except MalformedFrame:
            self._malformed += 1
            connection.send(protocol.error(Why.MALFORMED))
            if self._malformed >= self._reception.hub.limits.malformed_frames:
                connection.close(Close.MALFORMED, "These are not frames of this protocol.")
            return
        match frame:
            case Join(rooms) if not self._bucket.take(time.monotonic(), len(rooms) - 1):
                connection.close(Close.TOO_FAST, "Rooms were joined faster than a page does.")
            case Join(rooms):
                await self._reception.joining.join(connection, rooms)
            case Leave(rooms):
                for room in rooms:
                    self._reception.hub.leave(connection, room)
            case Say():
                await self._say(frame)
            case Ping(n):
                connection.send(protocol.pong(n))

    async def _say(self, frame: Say) -> None:
        why: Why | None = Why.NOT_JOINED
        if frame.room in self._connection.rooms:
            why = await say(self._connection.caller.user, frame)
        if why is not None:
            self._connection.send(protocol.error(why, frame.n))


def is_too_long(text: str, most: int) -> bool:
    """Is it longer than ``most`` bytes?"""
    return len(text) > most or len(text.encode("utf-8", "surrogatepass")) > most


async def say(user: Any, frame: Say) -> Why | None:
    """Say something in a room, for somebody who may; or give why it cannot be said."""
    kind = kind_of(frame.room)
    handler = kind.said_by_clients.get(frame.kind)
    if handler is None:
        return Why.NOT_SAYABLE
    try:
        message = handler(user, split(frame.room)[1], frame.data)
    except (ValueError, TypeError, LookupError):
        return Why.NOT_SAYABLE
    try:
        await atransient(frame.room, message)
    except NotConnected:
        return Why.UNAVAILABLE
    except StreamError:
        return Why.NOT_SAYABLE
    return None
