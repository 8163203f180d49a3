"""Sockets come and go, 20,000 of them: nothing is left, neither in memory nor in the tables."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from tests.realtime.bare import ORIGIN
from tests.realtime.faults.house import Instance, house
from tests.realtime.faults.scene import advisory_locks, asking
from tests.waiting import auntil

#: Bytes.
MOST_GROWTH = 5_000_000
#: Sockets that come and go side by side; and how many before the memory counts.
AT_ONCE, WARM_UP = 20, 200


@pytest.mark.parametrize("cycles", [200, pytest.param(20_000, marks=pytest.mark.soak)])
@pytest.mark.timeout(900)
async def test_nothing_is_left_of_sockets_that_went(
    layer_database: str, tmp_path: Path, cycles: int
) -> None:
    async with house(layer_database, tmp_path) as home:
        (instance,) = await home.start()
        await instance.ask("publish", room="lobby.cycle", n=0)
        await _cycle(instance, WARM_UP)
        await auntil(lambda: home.rows() == (1, 0))
        before = await instance.ask("facts")
        await _cycle(instance, cycles)
        await auntil(lambda: home.rows() == (1, 0))
        after = await instance.ask("facts")
        grown = after["memory"] - before["memory"]
        assert (after["sockets"], after["rooms"]) == (0, 0)
        assert after["tasks"] <= before["tasks"] + 2
        assert advisory_locks(layer_database) == 0
        assert _locks(layer_database) == 0
        print(f"{cycles} cycles: {grown / 1e6:+.1f} MB, 0 rows, 0 locks")  # noqa: T201
        assert grown <= MOST_GROWTH, f"{grown} bytes more after {cycles} cycles"


async def _cycle(instance: Instance, count: int) -> None:
    async def some(number: int) -> None:
        for _ in range(number):
            async with connect(
                f"ws://127.0.0.1:{instance.port}/realtime/",
                origin=ORIGIN,  # type: ignore[arg-type]
                compression=None,
                proxy=None,
                ping_interval=None,
            ) as socket:
                join = {"do": "join", "rooms": [{"room": "lobby.cycle"}, {"room": "hall.cycle"}]}
                await socket.send(json.dumps(join))
                heard = 0
                while heard < 2:
                    heard += sum(one["is"] == "joined" for one in json.loads(await socket.recv()))

    await asyncio.gather(*(some(count // AT_ONCE) for _ in range(AT_ONCE)))


def _locks(address: str) -> int:
    """How many locks are held on tables by others than this question?"""
    with asking(address) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
            " WHERE relname LIKE 'realtime%' AND pid <> pg_backend_pid()"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
    assert found is not None
    return int(found[0])
