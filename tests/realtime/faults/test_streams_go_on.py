"""Connections to PostgreSQL are cut, and PostgreSQL itself restarts, while events flow to sockets: nothing
is lost, repeated or out of order at the client, and whoever publishes is told what was not committed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from esensi import postgres
from tests.journeys.server import ROOT
from tests.realtime.faults.ending import assert_nothing_is_left
from tests.realtime.faults.house import PROGRAM, Publisher, assert_nothing_lost, house
from tests.realtime.faults.scene import asking, backends, terminate
from tests.waiting import auntil

ROOM = "lobby.goes_on"
#: Seconds until events flow again: after a lost connection, and after a server that is back. Small
#: sizes have three times as long: they run beside other tests.
LISTENS_IN, BACK_IN = 2.0, 5.0
BESIDE_OTHERS = 3


@pytest.mark.parametrize("kills", [3, pytest.param(100, marks=pytest.mark.soak)])
@pytest.mark.timeout(600)
async def test_listeners_are_killed_under_load(
    layer_database: str, tmp_path: Path, kills: int
) -> None:
    async with house(layer_database, tmp_path) as home:
        publishing, serving = await home.start(2)
        await publishing.ask("publish", room=ROOM, n=0)
        clients = await home.enter(20, ROOM, ports=lambda: [serving.port])
        published = Publisher(publishing, ROOM, every=0.01)
        longest = 0.0
        for kill in range(1, kills + 1):
            for pid in backends(layer_database, "realtime listener"):
                terminate(layer_database, pid)
            killed = time.monotonic()
            said = len(published.committed)
            await auntil(lambda said=said: len(published.committed) > said)  # after the kill
            newest = published.committed[-1]
            await auntil(
                lambda newest=newest: all(one.rooms[ROOM].newest >= newest for one in clients),
                LISTENS_IN if kills > 10 else BESIDE_OTHERS * LISTENS_IN,
            )
            longest = max(longest, time.monotonic() - killed)
            counts = (await serving.ask("facts"))["metrics"]
            while counts["realtime_listener_reconnects"] < kill:
                await asyncio.sleep(0.02)
                counts = (await serving.ask("facts"))["metrics"]
        await assert_nothing_lost(clients, ROOM, published)
        assert published.failed == []
        assert not any(one.closes for one in clients)
        print(  # noqa: T201
            f"{kills} kills, {len(published.committed)} events to 20 sockets: 0 lost, the longest "
            f"silence {longest:.2f} s"
        )


@pytest.fixture
def server() -> Iterator[str]:
    """The address of a server of its own, with the tables."""
    with postgres.throwaway() as address:
        with asking(address) as connection:
            # Servers of tests save the time that safety costs, and may lose what was committed last.
            connection.execute(
                "DO $$ BEGIN EXECUTE format("
                "'ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$"
            )
        spec = json.dumps({"conninfo": address})
        subprocess.run([*PROGRAM, spec, "migrate"], cwd=ROOT, check=True)
        yield address
        assert_nothing_is_left(address)


@pytest.mark.parametrize("crashes", [1, pytest.param(10, marks=pytest.mark.soak)])
@pytest.mark.timeout(600)
async def test_postgresql_restarts_under_load(server: str, tmp_path: Path, crashes: int) -> None:
    async with house(server, tmp_path) as home:
        publishing, serving = await home.start(2)
        await publishing.ask("publish", room=ROOM, n=0)
        clients = await home.enter(30, ROOM, ports=lambda: [serving.port])
        await auntil(lambda: home.rows() == (2, 30))
        published = Publisher(publishing, ROOM, every=0.01)
        longest = 0.0
        for _ in range(crashes):
            said = len(published.committed)
            await auntil(lambda said=said: len(published.committed) > said + 50)
            (victim, *_others) = backends(server, "realtime listener")
            try:
                os.kill(victim, signal.SIGKILL)
            except PermissionError:
                pytest.skip("The server's processes are another account's here.")
            await auntil(lambda: not _answers(server))
            await auntil(lambda: _answers(server), 60)
            back = time.monotonic()
            newest = published.number
            await auntil(
                lambda newest=newest: all(one.rooms[ROOM].newest > newest for one in clients),
                BACK_IN if crashes > 1 else BESIDE_OTHERS * BACK_IN,
            )
            longest = max(longest, time.monotonic() - back)
        # The table of connections is empty after a crash: it is written anew.
        await auntil(lambda: home.rows() == (2, 30))
        await assert_nothing_lost(clients, ROOM, published)
        assert {error for _number, error in published.failed} <= {
            "OperationalError",
            "InterfaceError",
            "DatabaseError",
            "PoolTimeout",
        }
        assert not any(one.closes for one in clients)
        print(  # noqa: T201
            f"{crashes} crashes, {len(published.committed)} events committed, {len(published.failed)} "
            f"refused with an error, 0 lost; {longest:.2f} s after the server was back"
        )


@pytest.mark.soak
@pytest.mark.timeout(300)
async def test_postgresql_is_away_for_a_while(server: str, tmp_path: Path) -> None:
    """Longer than anybody waits: whoever publishes is told, and all is well again afterwards."""
    async with house(server, tmp_path) as home:
        publishing, serving = await home.start(2)
        await publishing.ask("publish", room=ROOM, n=0)
        clients = await home.enter(30, ROOM, ports=lambda: [serving.port])
        published = Publisher(publishing, ROOM, every=0.01)
        await auntil(lambda: len(published.committed) > 50)
        name = conninfo_to_dict(server)["dbname"]
        with psycopg.connect(server, dbname="postgres", autocommit=True) as above:
            above.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
            above.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )
            await asyncio.sleep(20)
            above.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
        back, newest = time.monotonic(), published.number
        await auntil(lambda: published.committed[-1] > newest, 2 * BACK_IN)
        publishes = time.monotonic() - back
        newest = published.committed[-1]
        await auntil(lambda: all(one.rooms[ROOM].newest >= newest for one in clients), BACK_IN)
        heard = time.monotonic() - back
        await assert_nothing_lost(clients, ROOM, published)
        assert {error for _number, error in published.failed} == {"OperationalError"}
        assert not any(one.closes for one in clients)
        print(  # noqa: T201
            f"20 s away: {len(published.failed)} refused with an error; publishing again after "
            f"{publishes:.1f} s, heard after {heard:.1f} s, 0 lost"
        )


def _answers(address: str) -> bool:
    try:
        with asking(address):
            return True
    except psycopg.OperationalError:
        return False
