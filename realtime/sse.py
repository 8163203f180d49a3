"""The same rooms where no WebSocket gets through: server-sent events, and what their readers say by
POST. An ASGI application in front of the project's own, so that an open stream takes nobody's turn."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qs

from django.db import DatabaseError
from django.utils import timezone

from realtime import frames, metrics, placement, protocol, sessions
from realtime.asking import Unavailable, in_thread
from realtime.connection import Caller, Connection
from realtime.errors import RealtimeError
from realtime.frames import LONGEST_EPOCH, JoinRoom, MalformedFrame, Say, Since
from realtime.joining import allowed, is_room
from realtime.protocol import EVENTS_PATH, SAY_PATH, Close, Message, Why
from realtime.reception import Door, Reception
from realtime.socket import (
    FORBIDDEN,
    NOT_NOW,
    App,
    Receive,
    Scope,
    Send,
    admit,
    count_refusal,
    header,
    logger,
)
from realtime.talking import say

#: Seconds between two signs of life: proxies end what is silent for a minute.
HEARTBEAT: Final = 20.0
#: Milliseconds after which a browser comes back by itself, at least; spread over as many again.
COME_BACK_IN: Final = 1_500
#: Bytes of an address: 20 rooms with positions, URL-encoded, are 4,000.
LONGEST_QUERY: Final = 8_000
#: Seconds for the body of what is said.
BODY_SECONDS: Final = 10.0

_STREAM: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    # Proxies that buffer answers let go of this one.
    (b"x-accel-buffering", b"no"),
]
_STATUS: Final = {Why.NOT_ALLOWED: 403, Why.UNAVAILABLE: 503}


class EventStreams:
    """Answers ``protocol.EVENTS_PATH`` and ``protocol.SAY_PATH``; leads all else to ``app``."""

    def __init__(self, app: App, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        methods = {EVENTS_PATH: ("GET", self._stream), SAY_PATH: ("POST", self._hear)}
        found = methods.get(scope["path"])
        if found is None:
            await self._app(scope, receive, send)
        elif scope["method"] != found[0]:
            await answer(send, 405, headers=[(b"allow", found[0].encode())])
        else:
            status, host = await admit(self._door, scope)
            if status or not _is_ours(self._door, scope):
                count_refusal(status or FORBIDDEN)
                await answer(send, status or FORBIDDEN)
            else:
                await found[1](scope, receive, send, host)

    async def _stream(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        try:
            rooms = wanted_rooms(scope)
        except MalformedFrame:
            count_refusal(400, Why.MALFORMED.value)
            await answer(send, 400, protocol.error(Why.MALFORMED))
            return
        if elsewhere := placement.place(scope):
            await placement.refuse_request(elsewhere, send)
            return
        key = sessions.session_key(header(scope, b"cookie"))
        try:
            reception = await Reception.here(self._door)
            heard = reception.revoking.heard
            user = await reception.user_of(key)
        except (Unavailable, DatabaseError, RealtimeError) as error:
            logger.warning("An event stream was sent away: %s", error)
            count_refusal(NOT_NOW)
            await answer(send, NOT_NOW, protocol.error(Why.UNAVAILABLE))
            return
        caller = Caller(user, key, host, self._door.network_of(scope))
        stream = Stream(send)
        await stream.start()
        with reception.counted(caller.address, user.pk) as has_room:
            if not has_room:
                metrics.REFUSED.add(why="too-many-sockets")
                await stream.end(Close.TOO_MANY_SOCKETS, "Too many pages are open.")
                return
            connection = stream.connection(reception, caller)
            with reception.open(connection, heard):
                await _live(reception, connection, stream, rooms, receive)

    async def _hear(self, scope: Scope, receive: Receive, send: Send, _host: str) -> None:
        status, message = await self._say(scope, receive)
        headers = [(b"retry-after", b"1")] if status in (429, 503) else []
        await answer(send, status, message, headers=headers)

    async def _say(self, scope: Scope, receive: Receive) -> tuple[int, Message | None]:
        try:
            reception = await Reception.here(self._door)
            if not reception.may_say(self._door.network_of(scope), time.monotonic()):
                return 429, None
            body = await _body(receive, reception.hub.limits.frame_bytes)
            if body is None:
                return 413, None
            frame = frames.parse(body.decode())
            if not isinstance(frame, Say):
                return 400, protocol.error(Why.MALFORMED)
            if not is_room(frame.room):
                return 400, protocol.error(Why.NOT_SAYABLE, frame.n)
            user = await reception.user_of(sessions.session_key(header(scope, b"cookie")))
            (may,) = await in_thread(allowed, [(user, frame.room)])
            why = await say(user, frame) if may else Why.NOT_ALLOWED
        except (MalformedFrame, UnicodeDecodeError, TimeoutError):
            return 400, protocol.error(Why.MALFORMED)
        except (Unavailable, DatabaseError, RealtimeError):
            return 503, protocol.error(Why.UNAVAILABLE)
        return (204, None) if why is None else (_STATUS.get(why, 400), protocol.error(why, frame.n))


class Stream:
    """One response of server-sent events, and where its reader is in each room."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._positions: dict[str, tuple[str, int]] = {}
        self.is_over, self.is_said = asyncio.Event(), asyncio.Event()

    async def start(self) -> None:
        await self._send({"type": "http.response.start", "status": 200, "headers": _STREAM})
        retry = COME_BACK_IN + random.randrange(COME_BACK_IN)  # noqa: S311 - a spread, no secret
        await self._chunk(f"retry: {retry}\n\n")

    async def write(self, text: str) -> None:
        name = f"id: {self._id()}\n" if self._move(json.loads(text)) else ""
        await self._chunk(f"{name}data: {text}\n\n")

    async def end(self, code: Close, reason: str) -> None:
        self.is_over.set()
        data = json.dumps({"code": int(code), "reason": reason})
        await self._chunk(f"event: close\ndata: {data}\n\n", more=False)
        self.is_said.set()

    def connection(self, reception: Reception, caller: Caller) -> Connection:
        return Connection(
            reception.hub,
            caller,
            kind="sse",
            write=self.write,
            end=self.end,
            opened_at=timezone.now(),
        )

    async def _chunk(self, text: str, *, more: bool = True) -> None:
        body = text.encode()
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    def _move(self, messages: Sequence[dict[str, Any]]) -> bool:
        """Note where these messages lead; whether anywhere."""
        before = dict(self._positions)
        for message in messages:
            room = message.get("room", "")
            if message["is"] == "joined":
                self._positions[room] = message["epoch"], message["offset"]
            elif message["is"] == "event" and room in self._positions:
                epoch = message.get("epoch", self._positions[room][0])
                self._positions[room] = epoch, message["offset"]
            elif message["is"] in ("left", "refused"):
                self._positions.pop(room, None)
        return before != self._positions

    def _id(self) -> str:
        return ",".join(f"{room}:{epoch}:{at}" for room, (epoch, at) in self._positions.items())


async def _live(
    reception: Reception,
    connection: Connection,
    stream: Stream,
    rooms: Sequence[JoinRoom],
    receive: Receive,
) -> None:
    """Lead a stream into its rooms, and keep it until one side ends it."""
    leaving = asyncio.create_task(_left(receive))
    over = asyncio.create_task(stream.is_over.wait())
    said = asyncio.create_task(stream.is_said.wait())
    try:
        await reception.joining.join(connection, rooms)
        while not (leaving.done() or over.done()):
            await asyncio.wait(
                {leaving, over}, timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED
            )
            connection.send(protocol.pong(0))
        # Who does not read keeps the server's memory until the connection breaks, and so a place
        # among those that an address may have.
        await asyncio.wait({leaving, said}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (leaving, over, said):
            task.cancel()


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def wanted_rooms(scope: Scope) -> list[JoinRoom]:
    """Read which rooms a stream is to be in, and since when. Raises ``MalformedFrame``."""
    query = scope["query_string"]
    if len(query) > LONGEST_QUERY:
        raise MalformedFrame("The address is too long.")
    try:
        given = json.loads(parse_qs(query.decode("ascii"), max_num_fields=10)["join"][0])
    except (KeyError, ValueError, RecursionError):
        raise MalformedFrame("`join` is a JSON list of rooms.") from None
    if not isinstance(given, list) or not given:
        raise MalformedFrame("`join` is a JSON list of rooms.")
    known = _positions(header(scope, b"last-event-id"))
    rooms = [frames.parse_room(one) for one in given]
    return [JoinRoom(one.room, known.get(one.room, one.since), one.quiet) for one in rooms]


def _positions(last_event_id: str) -> dict[str, Since]:
    """Read what ``Stream._id`` wrote; what is malformed is as good as absent."""
    found = {}
    for part in last_event_id[:LONGEST_QUERY].split(","):
        room, _colon, position = part.partition(":")
        epoch, _colon, offset = position.partition(":")
        if (
            offset.isascii()
            and offset.isdigit()
            and len(offset) < 19
            and len(epoch) < LONGEST_EPOCH
        ):
            found[room] = Since(epoch, int(offset))
    return found


def _is_ours(door: Door, scope: Scope) -> bool:
    """Does a page of ours ask? Browsers name the page with every POST; with a GET to the page's own
    host they do not, and no other page could read the answer."""
    origin = header(scope, b"origin")
    if origin or scope["method"] == "POST":
        return origin in door.origins
    return header(scope, b"sec-fetch-site") in ("", "same-origin", "none")


async def _body(receive: Receive, most: int) -> bytes | None:
    """Read what was sent; None for more than ``most`` bytes. Raises ``TimeoutError``."""
    body = b""
    async with asyncio.timeout(BODY_SECONDS):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise TimeoutError
            body += bytes(message.get("body", b""))
            if len(body) > most:
                return None
            if not message.get("more_body", False):
                return body


async def answer(
    send: Send,
    status: int,
    message: Message | None = None,
    *,
    headers: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    """Answer a request, with a message of the protocol or with nothing."""
    body = protocol.encode(message).encode() if message else b""
    own = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", str(len(body)).encode()),
    ]
    start = {"type": "http.response.start", "status": status, "headers": [*own, *headers]}
    await send(start)
    await send({"type": "http.response.body", "body": body})
