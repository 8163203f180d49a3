"""Sockets of the house as deployed: a real server, a real database, real frames."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from websockets.exceptions import InvalidStatus

from realtime.streams import publish
from sites.accounts.actions import create_user
from sites.accounts.actions.end_sessions import end_sessions
from sites.accounts.models import Session, User
from tests.journeys.server import psycopg_url
from tests.realtime.page import (
    Server,
    dial,
    in_database,
    page,
    serving,
    serving_for_developers,
    session_of,
)
from tests.realtime.stage_rooms import ThingDone, stage_rooms

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("realtime_alone"),
]
OPEN = "stage_open.x"


@pytest.fixture
def database() -> str:
    name = connections["default"].settings_dict["NAME"]
    return psycopg_url(os.environ["DATABASE_URL"], name)


@pytest.fixture
def serve(database: str, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    with contextlib.ExitStack() as servers, stage_rooms():
        yield lambda *limits: servers.enter_context(serving(database, tmp_path, *limits))


@pytest.fixture
async def server(serve: Callable[..., Server]) -> AsyncIterator[Server]:
    started = serve()
    yield started
    said = started.says()
    assert "Traceback" not in said, said


@pytest.fixture
def person() -> Iterator[Callable[..., Any]]:
    """Makes people with roles; gone with the test, which empties the tables of realtime alone."""
    made: list[int] = []

    async def make(*roles: str) -> tuple[Any, str]:
        email = f"{secrets.token_hex(6)}@example.org"
        user = await in_database(create_user, email, password=None, roles=roles)
        made.append(user.pk)
        return user, await in_database(session_of, user)

    yield make
    Session.objects.filter(user__in=made).delete()
    User.objects.filter(pk__in=made).delete()


def tell(room: str, *numbers: int) -> None:
    for number in numbers:
        with transaction.atomic():
            publish(room, ThingDone(number=number))


async def test_a_page_hears_what_is_published_and_what_it_missed(
    server: Server, person: Callable[..., Any]
) -> None:
    user, session = await person()
    own = f"stage_self.{user.pk}"
    async with page(server.port, session=session) as one:
        assert one.heard[0]["signed_in"] is True
        await one.join(own, OPEN, "stage_self.0", "nothing.1")
        refusals = {refused["room"]: refused["why"] for refused in one.of("refused")}
        assert refusals == {"stage_self.0": "not-allowed", "nothing.1": "unknown"}
        before = one.of("joined", own)[0]
        await in_database(tell, own, 1, 2)
        await one.until("event", 2, room=own)
        assert [event["offset"] for event in one.of("event")] == [1, 2]
    await in_database(tell, own, 3)
    # From an empty stream, from where it was, and from a stream that never was.
    known = {"epoch": before["epoch"], "offset": before["offset"]}
    await in_database(tell, OPEN, 1)
    async with page(server.port, session=session, host="chapter") as again:
        await again.join(own, since=known)
        joined = again.of("joined")[0]
        assert joined["recovered"] is True
        assert [event["data"] for event in joined["events"]] == [{"number": n} for n in (1, 2, 3)]
        epoch = joined["epoch"]
        await again.join(own, since={"epoch": epoch, "offset": 2})
        assert [event["offset"] for event in again.of("joined")[1]["events"]] == [3]
        await again.join(own, since={"epoch": "elsewhere", "offset": 2})
        assert again.of("joined")[2]["recovered"] is False


async def test_what_a_page_says_reaches_all_and_a_visitor_is_nobody(server: Server) -> None:
    async with page(server.port) as one, page(server.port, host="main") as other:
        assert one.heard[0]["signed_in"] is False
        for each in (one, other):
            await each.join(OPEN, "stage_self.1")
            assert {one["room"] for one in each.of("refused")} == {"stage_self.1"}
        await one.do(do="say", room=OPEN, kind="talk", data={"sent": 1.5, "by": "one"})
        for each in (one, other):
            said = await each.until("transient")
            assert said["data"] == {"sent": 1.5, "by": "one"}


REFUSED: list[tuple[dict[str, Any], int]] = [
    ({"origin": "https://evil.example"}, 403),
    ({"origin": "http://esensi.localhost:8001"}, 403),
    ({"origin": "https://esensi.localhost:8000"}, 403),
    ({"origin": "null"}, 403),
    ({"path": "/"}, 404),
    ({"path": "/realtime"}, 404),
    ({"path": "/realtime/events/"}, 404),
]


async def test_every_host_answers_pages_of_every_host_and_no_others(server: Server) -> None:
    for host in ("main", "chapter", "publish", "internal", "auth"):
        async with page(server.port, host=host) as one:
            await one.join(OPEN)
    for words, status in REFUSED:
        with pytest.raises(InvalidStatus) as refused:
            await dial(server.port, **words)
        assert refused.value.response.status_code == status, words


async def test_more_sockets_than_a_person_or_an_address_may_have(
    serve: Callable[..., Server], person: Callable[..., Any]
) -> None:
    server = serve("SOCKETS_PER_USER=2", "SOCKETS_PER_ADDRESS=4")
    _user, session = await person()
    async with contextlib.AsyncExitStack() as pages:
        opened = [
            await pages.enter_async_context(page(server.port, session=session)) for _ in range(2)
        ]
        assert await _code(server.port, session=session) == 4029
        for _ in range(2):
            await pages.enter_async_context(page(server.port))
        assert await _code(server.port) == 4029
        await opened[0].close()
        await asyncio.sleep(0)
        async with page(server.port, session=session):
            assert await _code(server.port) == 4029


async def _code(port: int, **words: Any) -> int | None:
    socket = await dial(port, **words)
    async with asyncio.timeout(5):
        await socket.wait_closed()
    return socket.close_code


async def test_developers_have_sockets_on_daphne(
    database: str, tmp_path: Path, person: Callable[..., Any]
) -> None:
    user, session = await person()
    with serving_for_developers(database, tmp_path) as server:
        async with page(server.port, session=session) as one:
            await one.join(f"user.{user.pk}", "user.0", "nothing.1")
            assert [joined["room"] for joined in one.of("joined")] == [f"user.{user.pk}"]
            await one.do(do="dance")
            await one.until("error")
            await in_database(end_sessions, user)
            assert await one.ended() == 4001
        for words in ({"origin": "https://evil.example"}, {"path": "/realtime/none/"}):
            with pytest.raises(InvalidStatus):  # a bare 403: daphne knows no other refusal
                await dial(server.port, **words)
        assert "Traceback" not in server.says(), server.says()
