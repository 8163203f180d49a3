"""Sockets that come and go by hundreds: nothing stays behind, and a storm loses nothing.

Small here; `make soak` runs the sizes that are promised.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction

from benchmarks.socket_client import dial
from benchmarks.socket_load import Crowd
from realtime.models import Connection, Room
from realtime.streams import publish
from tests.journeys.server import psycopg_url
from tests.realtime.faults.ending import assert_hardly_more
from tests.realtime.page import Server, in_database, page, serving
from tests.realtime.stage_rooms import ThingDone, stage_rooms
from tests.waiting import auntil

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("realtime_alone"),
]
ROOM = "stage_open.many"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    name = connections["default"].settings_dict["NAME"]
    database = psycopg_url(os.environ["DATABASE_URL"], name)
    with stage_rooms(), serving(database, tmp_path, "SOCKETS_PER_ADDRESS=5000") as started:
        yield started
        said = started.says()
        assert "Traceback" not in said, said


def facts(server: Server, number: int) -> dict[str, Any]:
    host = settings.HOST_NAMES.domains["main"]
    return {
        "port": server.port,
        "host": host,
        "sessions": [],
        "cookie": "",
        "number": number,
        "rooms": [ROOM, f"{ROOM}-{{n}}"],
    }


def tell(number: int) -> int:
    for one in range(number):
        with transaction.atomic():
            publish(ROOM, ThingDone(number=one))
    return Room.objects.get(name=ROOM).head


@pytest.mark.parametrize(
    ("number", "jitter"), [(100, 0.3), pytest.param(2000, 3.0, marks=pytest.mark.soak)]
)
async def test_a_storm_is_back_with_everything(server: Server, number: int, jitter: float) -> None:
    crowd = Crowd(facts(server, number))
    await in_database(tell, 3)
    await crowd.open()
    await crowd.close()
    before = await gone(server)
    last = await in_database(tell, 5)

    async def back(one: int) -> None:
        await asyncio.sleep(random.random() * jitter)
        await crowd.enter(one)

    await asyncio.gather(*(back(one) for one in range(number)))
    assert await crowd.until(
        lambda: all(crowd.positions[one][ROOM]["offset"] >= last for one in range(number)), 30
    )
    assert set(crowd.codes) == {0}  # the cut itself
    await crowd.close()
    assert_hardly_more(before, await gone(server), number)


@pytest.mark.parametrize("cycles", [300, pytest.param(20_000, marks=pytest.mark.soak)])
@pytest.mark.timeout(900)
async def test_sockets_that_came_and_went_leave_nothing(server: Server, cycles: int) -> None:
    await come_and_go(server, 200)
    before = memory(server)
    await come_and_go(server, cycles)
    # A few hundred show nothing but what allocators keep.
    assert memory(server) - before < 5_000_000
    async with page(server.port) as one:
        await one.join(ROOM)
        await auntil(lambda: in_database(lambda: rows() <= 1), every=0.1)
    await auntil(lambda: in_database(lambda: rows() == 0), every=0.1)
    assert await in_database(locks) == 0


async def come_and_go(server: Server, cycles: int) -> None:
    gate = asyncio.Semaphore(20)

    async def once(number: int) -> None:
        async with gate:
            joined = asyncio.Event()

            def hear(text: bytes) -> None:
                if b'"is":"joined"' in text:
                    joined.set()

            socket = await dial(number % 1000, facts(server, 0), hear)
            socket.say({"do": "join", "rooms": [{"room": ROOM}]})
            async with asyncio.timeout(30):
                await joined.wait()
            socket.transport.abort()

    await asyncio.gather(*(once(number) for number in range(cycles)))
    await asyncio.sleep(0.1)  # the loop lets go of what was aborted


async def gone(server: Server) -> int:
    """Wait until nobody is there any more; what the process takes then."""
    await auntil(lambda: in_database(lambda: rows() == 0), every=0.1)
    return memory(server)


def memory(server: Server) -> int:
    """What the process takes, in bytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())
    assert found
    return 1024 * int(found[1])


def rows() -> int:
    return Connection.objects.count()


def locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        return int(cursor.fetchone()[0])
