"""Instances are killed, restarted one after another, and put to sleep, while events flow: whoever listens
comes back and has everything."""

from __future__ import annotations

import asyncio
import secrets
import time
from pathlib import Path

import pytest

from tests.realtime.client import Client
from tests.realtime.faults.house import Publisher, assert_nothing_lost, house
from tests.waiting import auntil

ROOM = "lobby.ends"
#: Seconds. Small sizes have three times as long: they run beside other tests.
BACK_IN, PRESENCE_IN = 5.0, 30.0
BESIDE_OTHERS = 3


def back_after(clients: list[Client], begin: float) -> float:
    """Give the longest time from ``begin`` to where a client was connected again."""
    return max(one.opened_at[-1] for one in clients) - begin


@pytest.mark.parametrize("count", [40, pytest.param(500, marks=pytest.mark.soak)])
@pytest.mark.timeout(300)
async def test_an_instance_is_killed(layer_database: str, tmp_path: Path, count: int) -> None:
    """As a machine that loses power: nobody says goodbye. (The small size beats seven times as fast.)"""
    fast = {"HEARTBEAT": 0.7, "SILENT_FOR": 2.5, "SWEEP_EVERY": 0.5} if count < 100 else {}
    async with house(layer_database, tmp_path) as home:
        dying, other, publishing = await home.start(3, **fast)
        await publishing.ask("publish", room=ROOM, n=0)
        watcher = home.begin(ROOM, ports=lambda: [other.port])
        hit = await home.enter(
            count, ROOM, ports=lambda: [dying.port] if dying.is_alive else [other.port]
        )
        await auntil(lambda: watcher.rooms[ROOM].count == count + 1)
        published = Publisher(publishing, ROOM, every=0.05)
        await auntil(lambda: all(len(one.rooms[ROOM].numbers) > 5 for one in hit))
        # Half of them do not come back: their presence has to go by itself.
        leavers, hit = hit[: count // 2], hit[count // 2 :]
        killed = time.monotonic()
        dying.kill()
        for client in leavers:
            await client.stop()
        patience = BACK_IN if count > 100 else BESIDE_OTHERS * BACK_IN
        await auntil(lambda: all(one.is_here and one.closes for one in hit), patience)
        back = back_after(hit, killed)
        await auntil(lambda: watcher.rooms[ROOM].count == len(hit) + 1, PRESENCE_IN)
        gone = time.monotonic() - killed
        await assert_nothing_lost([watcher, *hit], ROOM, published)
        assert home.rows() == (2, len(hit) + 1)
        for client in home.clients:
            await client.stop()
        await auntil(lambda: home.rows() == (2, 0))
        print(  # noqa: T201
            f"{count} sockets: those that came back were there after {back:.1f} s, 0 lost; presence true "
            f"after {gone:.1f} s; 0 rows left"
        )


@pytest.mark.parametrize("count", [30, pytest.param(300, marks=pytest.mark.soak)])
@pytest.mark.timeout(300)
async def test_instances_are_restarted_one_after_another(
    layer_database: str, tmp_path: Path, count: int
) -> None:
    size, drain = (2, 0.5) if count < 100 else (3, 3.0)
    room = f"lobby.{secrets.token_hex(4)}"  # in which nothing was ever said
    async with house(layer_database, tmp_path) as home:
        publishing, *fleet = await home.start(1 + size, DRAIN_SECONDS=drain)
        serving = list(fleet)
        ports = lambda: [one.port for one in serving]  # noqa: E731
        clients = await home.enter(count, room, ports=ports)
        published = Publisher(publishing, room, every=0.05)
        for old in fleet:
            (new,) = await home.start(1, DRAIN_SECONDS=drain)
            serving.append(new)
            serving.remove(old)  # as an edge does that is told of the stop
            assert await old.terminate() in (0, -15)
        await auntil(lambda: all(one.is_here for one in clients))
        await assert_nothing_lost(clients, room, published)
        closes = sum((one.closes for one in clients), start=type(clients[0].closes)())
        assert set(closes) == {1012}
        assert closes.total() >= count
        new_ones = {one.port for one in serving}
        assert {one.port for one in clients} <= new_ones
        await auntil(lambda: home.rows() == (1 + size, count))
        print(  # noqa: T201
            f"{count} sockets, {closes.total()} closes, all with 1012; "
            f"{len(published.committed)} events, 0 lost"
        )


@pytest.mark.parametrize("seconds", [4, pytest.param(60, marks=pytest.mark.soak)])
@pytest.mark.timeout(300)
async def test_an_instance_sleeps(layer_database: str, tmp_path: Path, seconds: int) -> None:
    """As a suspended machine: the others find it dead; it wakes with its sockets and goes on."""
    fast = {"HEARTBEAT": 0.5, "SILENT_FOR": 2.0, "SWEEP_EVERY": 0.5} if seconds < 30 else {}
    async with house(layer_database, tmp_path) as home:
        sleeping, other = await home.start(2, **fast)
        await other.ask("publish", room=ROOM, n=0)
        watcher = home.begin(ROOM, ports=lambda: [other.port])
        clients = await home.enter(20, ROOM, ports=lambda: [sleeping.port])
        await auntil(lambda: watcher.rooms[ROOM].count == 21)
        published = Publisher(other, ROOM, every=0.05)
        await auntil(lambda: all(one.rooms[ROOM].numbers for one in clients))
        sleeping.suspend()
        await auntil(lambda: watcher.rooms[ROOM].count == 1, PRESENCE_IN + 1)
        await asyncio.sleep(max(0.0, seconds - 4))
        before = published.committed[-1]
        sleeping.resume()
        woken = time.monotonic()
        patience = BACK_IN if seconds > 30 else BESIDE_OTHERS * BACK_IN
        await auntil(lambda: all(one.rooms[ROOM].newest > before for one in clients), patience)
        back = time.monotonic() - woken
        await auntil(lambda: watcher.rooms[ROOM].count == 21, patience + 2)
        await auntil(lambda: home.rows() == (2, 21))
        await assert_nothing_lost([watcher, *clients], ROOM, published)
        assert not any(one.closes for one in clients)
        print(f"asleep for {seconds} s: back after {back:.2f} s, 0 lost")  # noqa: T201
