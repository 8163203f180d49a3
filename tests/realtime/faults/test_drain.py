"""An instance is asked to end: its sockets go elsewhere, a few at a time, and nothing of it is left."""

from __future__ import annotations

import asyncio
import signal
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from tests.realtime.faults.house import house
from tests.waiting import auntil


@pytest.mark.parametrize(
    ("stop", "count"),
    [
        (signal.SIGTERM, 60),
        pytest.param(signal.SIGTERM, 300, marks=pytest.mark.soak),
        pytest.param(signal.SIGINT, 300, marks=pytest.mark.soak),
    ],
)
async def test_all_sockets_get_1012_and_requests_their_answer(
    layer_database: str, tmp_path: Path, count: int, stop: signal.Signals
) -> None:
    async with house(layer_database, tmp_path) as home:
        (instance,) = await home.start(DRAIN_SECONDS=1.5)
        clients = await home.enter(count, "lobby.drain", ports=lambda: [instance.port])
        await auntil(lambda: home.rows() == (1, count))
        request = asyncio.create_task(instance.ask("slow", seconds=2.5))
        await asyncio.sleep(0.2)
        begin = time.monotonic()
        instance.process.send_signal(stop)
        await auntil(lambda: all(one.closes.total() for one in clients))
        spread = max(one.lost_at[0] for one in clients) - min(one.lost_at[0] for one in clients)
        assert (await request)["done"]
        await asyncio.to_thread(instance.process.wait, 20)
        took = time.monotonic() - begin
        assert all(one.closes == {1012: 1} for one in clients)
        assert all(one.faults == [] for one in clients)
        # Over the time that there is, or as fast as 50 a second.
        assert 0.5 * min(1.5, count / 50) < spread < 4.0
        assert home.rows() == (0, 0)
        print(f"{count} sockets closed over {spread:.1f} s, ended after {took:.1f} s")  # noqa: T201


async def test_who_is_draining_takes_no_sockets_and_ends_event_streams(
    layer_database: str, tmp_path: Path
) -> None:
    """Interrupted, as by Ctrl-C. On Fly the edge is told by a header to ask another instance."""
    fly = {"REPLAYS": True, "HEARTBEAT": 0.3, "DRAIN_SECONDS": 2}
    async with house(layer_database, tmp_path) as home:
        ending, other = await home.start(2, **fly)
        await home.enter(1, "lobby.drain", ports=lambda: [other.port])
        stream = asyncio.create_task(asyncio.to_thread(_read_stream, ending.port))
        clients = await home.enter(80, "lobby.drain", ports=lambda: [ending.port])
        await asyncio.sleep(0.7)  # two heartbeats: by then they know one another
        ending.process.send_signal(signal.SIGINT)
        await auntil(lambda: any(client.closes[1012] for client in clients))
        late = home.begin("lobby.drain", ports=lambda: [ending.port], first_wait=0.1)
        await auntil(lambda: late.refused[409] > 0)
        assert not late.opened_at
        # It ends by itself: uvicorn would wait for it, and cut it.
        assert b'"is":"joined"' in await asyncio.wait_for(stream, 10)
        await asyncio.to_thread(ending.process.wait, 10)
        assert "graceful" not in ending.log.read_text()


def _read_stream(port: int) -> bytes:
    """Read an event stream to its end."""
    join = urllib.parse.quote('[{"room":"lobby.drain"}]')
    address = f"http://127.0.0.1:{port}/realtime/events/?join={join}"
    with urllib.request.urlopen(address, timeout=30) as stream:
        read: bytes = stream.read()
    return read
