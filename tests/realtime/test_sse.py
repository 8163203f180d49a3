"""The same rooms where no WebSocket gets through, at the house as deployed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connections, transaction

from realtime.streams import publish
from tests.journeys.server import psycopg_url
from tests.realtime.page import Server, cookie, in_database, page, serving, session_of
from tests.realtime.stage_rooms import ThingDone, stage_rooms

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("realtime_alone"),
]
OPEN = "stage_open.sse"
PATIENCE = 10.0


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    name = connections["default"].settings_dict["NAME"]
    database = psycopg_url(os.environ["DATABASE_URL"], name)
    with contextlib.ExitStack() as servers, stage_rooms():
        yield lambda *limits: servers.enter_context(serving(database, tmp_path, *limits))


@pytest.fixture
async def server(serve: Callable[..., Server]) -> AsyncIterator[Server]:
    started = serve()
    yield started
    said = started.says()
    assert "Traceback" not in said, said


class Answer:
    """An HTTP answer whose body comes bit by bit."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer
        self.status = 0
        self.headers: dict[str, str] = {}
        self.heard: list[dict[str, Any]] = []
        self.id = ""

    async def begin(self) -> None:
        head = (await self._line_until(b"\r\n\r\n")).decode().split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)

    async def body(self) -> bytes:
        return await self._reader.readexactly(int(self.headers["content-length"]))

    async def event(self) -> tuple[str, Any]:
        """Give the next event's name and data."""
        name, data = "message", None
        while True:
            line = await self._text()
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                data = json.loads(line.removeprefix("data: "))
            elif line.startswith("id: "):
                self.id = line.removeprefix("id: ")
            elif not line and data is not None:
                return name, data

    async def until(self, kind: str) -> dict[str, Any]:
        while True:
            for place, message in enumerate(self.heard):
                if message["is"] == kind:
                    del self.heard[: place + 1]
                    return message
            name, data = await self.event()
            assert name == "message", (name, data)
            self.heard += data

    async def _text(self) -> str:
        line = await self._line_until(b"\n")
        while line.rstrip(b"\r\n").isalnum() and line.endswith(b"\r\n"):
            line = await self._line_until(b"\n")  # the length of a chunk
        return line.rstrip(b"\r\n").decode()

    async def _line_until(self, end: bytes) -> bytes:
        async with asyncio.timeout(PATIENCE):
            return await self._reader.readuntil(end)


@contextlib.asynccontextmanager
async def request(
    server: Server, path: str, *, method: str = "GET", body: bytes = b"", **headers: str
) -> AsyncIterator[Answer]:
    domain = settings.HOST_NAMES.domains["main"]
    lines = [f"{method} {path} HTTP/1.1", f"Host: {domain}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
        answer = Answer(reader, writer)
        await answer.begin()
        yield answer
    finally:
        writer.close()


def events_of(*rooms: Any) -> str:
    wanted = [room if isinstance(room, dict) else {"room": room} for room in rooms]
    return f"/realtime/events/?join={quote(json.dumps(wanted))}"


def tell(*numbers: int) -> None:
    for number in numbers:
        with transaction.atomic():
            publish(OPEN, ThingDone(number=number))


ORIGIN = f"{settings.HOST_NAMES.scheme}://{settings.HOST_NAMES.domains['main']}"


async def test_a_stream_hears_its_rooms_and_goes_on_where_it_was(server: Server) -> None:
    async with request(server, events_of(OPEN, "stage_self.1")) as stream:
        assert stream.status == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        assert (await stream.until("welcome"))["signed_in"] is False
        await stream.until("joined")
        await in_database(tell, 1, 2)
        while (await stream.until("event"))["offset"] < 2:
            pass
        last = stream.id
    await in_database(tell, 3, 4)
    async with request(server, events_of(OPEN), Last_Event_ID=last) as again:
        joined = await again.until("joined")
        assert joined["recovered"] is True
        assert [event["offset"] for event in joined["events"]] == [3, 4]
    since = {"epoch": joined["epoch"], "offset": 3}
    async with request(server, events_of({"room": OPEN, "since": since})) as third:
        assert [one["offset"] for one in (await third.until("joined"))["events"]] == [4]


async def test_what_its_reader_says_reaches_the_room(server: Server) -> None:
    said = {"do": "say", "room": OPEN, "kind": "talk", "data": {"sent": 2.5}}
    async with page(server.port) as one, request(server, events_of(OPEN)) as stream:
        await one.join(OPEN)
        await stream.until("joined")
        assert await say(server, said) == (204, None)
        assert (await one.until("transient"))["data"]["sent"] == 2.5
        assert (await stream.until("transient"))["data"]["sent"] == 2.5
    assert (await say(server, said, origin="https://evil.example"))[0] == 403
    assert (await say(server, said, origin=""))[0] == 403
    assert (await say(server, said | {"room": "stage_self.1"}))[0] == 403
    assert await say(server, said | {"kind": "shout", "n": 4}) == (
        400,
        {"is": "error", "why": "not-sayable", "n": 4},
    )
    assert (await say(server, said | {"room": "nothing.1"}))[0] == 400
    assert (await say(server, {"do": "ping", "n": 1}))[0] == 400
    assert (await say(server, {"data": "x" * 20_000}))[0] == 413


async def say(
    server: Server, frame: dict[str, Any], origin: str = ORIGIN
) -> tuple[int, dict[str, Any] | None]:
    words = {"Origin": origin} if origin else {}
    body = json.dumps(frame).encode()
    async with request(server, "/realtime/say/", method="POST", body=body, **words) as answer:
        text = await answer.body() if int(answer.headers["content-length"]) else b""
        return answer.status, json.loads(text) if text else None


async def test_who_asks_wrongly_is_refused(server: Server) -> None:
    cases: list[tuple[dict[str, Any], int]] = [
        ({"path": "/realtime/events/"}, 400),
        ({"path": "/realtime/events/?join=1"}, 400),
        ({"path": "/realtime/events/?join=[]"}, 400),
        ({"path": "/realtime/events/?join=%ff%00"}, 400),
        ({"path": f"{events_of(OPEN)}&x={'y' * 8_000}"}, 400),
        ({"path": events_of(OPEN), "Origin": "https://evil.example"}, 403),
        ({"path": events_of(OPEN), "Sec_Fetch_Site": "cross-site"}, 403),
        ({"path": events_of(OPEN), "method": "POST"}, 405),
        ({"path": "/realtime/say/"}, 405),
    ]
    for words, status in cases:
        async with request(server, **words) as answer:
            assert answer.status == status, words


async def test_streams_end_with_the_session_and_say_why(server: Server) -> None:
    from sites.accounts.actions import create_user
    from sites.accounts.actions.end_sessions import end_sessions
    from sites.accounts.models import User

    user = await in_database(create_user, "sse@example.org", password=None)
    try:
        key = await in_database(session_of, user)
        own = f"stage_self.{user.pk}"
        async with request(server, events_of(own), Cookie=cookie(key)) as stream:
            assert (await stream.until("welcome"))["signed_in"] is True
            await stream.until("joined")
            await in_database(end_sessions, user)
            while (found := await stream.event())[0] == "message":
                pass
            assert found[0] == "close"
            assert found[1]["code"] == 4001
    finally:
        await in_database(User.objects.filter(pk=user.pk).delete)


async def test_open_streams_take_nobodys_turn_and_have_their_limit(
    serve: Callable[..., Server],
) -> None:
    server = serve("SOCKETS_PER_ADDRESS=12")
    async with contextlib.AsyncExitStack() as streams:
        for _ in range(12):  # three times as many as requests are answered at once
            stream = await streams.enter_async_context(request(server, events_of(OPEN)))
            await stream.until("joined")
        async with request(server, "/") as home:
            assert home.status == 200
        async with request(server, events_of(OPEN)) as one_more:
            assert await one_more.event() == (
                "close",
                {"code": 4029, "reason": "Too many pages are open."},
            )
