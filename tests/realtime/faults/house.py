"""Several instances on one database, clients that come back to them, and somebody who publishes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from tests.journeys.server import ROOT
from tests.realtime.bare import ORIGIN
from tests.realtime.client import FIRST_WAIT, Client
from tests.realtime.faults.ending import assert_hardly_more
from tests.realtime.faults.scene import asking
from tests.waiting import auntil

#: Seconds for a process to serve, and for what takes tenths of one.
START_LIMIT, PATIENCE = 60.0, 30.0
PROGRAM = [sys.executable, "-m", "tests.realtime.bare"]


class Instance:
    """One process."""

    def __init__(self, address: str, log: Path, realtime: dict[str, Any]) -> None:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.port: int = listener.getsockname()[1]
        self.log = log
        spec = json.dumps({"conninfo": address, "realtime": realtime})
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*PROGRAM, spec, str(listener.fileno())],
                cwd=ROOT,
                stdout=output,
                stderr=output,
                pass_fds=[listener.fileno()],
            )
        listener.close()

    async def ready(self) -> None:
        end = time.monotonic() + START_LIMIT
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(OSError):
                self.memory: int = (await self.ask("facts"))["memory"]
                return
            await asyncio.sleep(0.05)
        raise AssertionError(self.log.read_text())

    async def ask(self, path: str, **words: Any) -> Any:
        """Have it do something. Raises OSError where it does not answer."""
        query = "&".join(f"{key}={value}" for key, value in words.items())
        status, body = await asyncio.to_thread(_get, f"http://127.0.0.1:{self.port}/{path}?{query}")
        return json.loads(body) | {"status": status}

    def kill(self) -> None:
        """End it without a word, as a machine that loses power."""
        self.process.kill()
        self.process.wait()

    async def terminate(self) -> int:
        """Ask it to end, and wait; its exit code."""
        self.process.terminate()
        return await asyncio.to_thread(self.process.wait, PATIENCE)

    def suspend(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None


def _get(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


class House:
    """The instances of one database, their clients, and what was published."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address, self._folder = address, folder
        self.instances: list[Instance] = []
        self.clients: list[Client] = []
        self.chance = random.Random(7)
        with asking(address) as connection:
            connection.execute("DELETE FROM realtime_instance")
            connection.execute("DELETE FROM realtime_connection")

    async def start(self, count: int = 1, **realtime: Any) -> list[Instance]:
        begun = [
            Instance(self.address, self._folder / f"{len(self.instances) + n}.log", realtime)
            for n in range(count)
        ]
        self.instances += begun
        for one in begun:
            await one.ready()
        return begun

    def begin(
        self,
        *rooms: str,
        ports: Callable[[], list[int]] | None = None,
        first_wait: float = FIRST_WAIT,
    ) -> Client:
        """Have a client try to come in, to any living instance unless ``ports`` says to which."""
        chance = random.Random(self.chance.random())
        client = Client(
            ports or self.ports, *rooms, origin=ORIGIN, chance=chance, first_wait=first_wait
        )
        self.clients.append(client)
        client.start()
        return client

    async def enter(self, count: int, *rooms: str, **words: Any) -> list[Client]:
        """Have clients come in, and wait until they are there."""
        begun: list[Client] = []
        while len(begun) < count:  # some at a time: all share these two cores
            some = [self.begin(*rooms, **words) for _ in range(min(50, count - len(begun)))]
            begun += some
            await auntil(lambda some=some: all(client.is_here for client in some))
        return begun

    def ports(self) -> list[int]:
        return [one.port for one in self.instances if one.is_alive]

    def rows(self) -> tuple[int, int]:
        """How many instances and connections do the tables have?"""
        with asking(self.address) as connection:
            found = connection.execute(
                "SELECT (SELECT count(*) FROM realtime_instance),"
                " (SELECT count(*) FROM realtime_connection)"
            ).fetchone()
        assert found is not None
        return found[0], found[1]

    async def assert_it_keeps_nothing(self) -> None:
        """When all clients have gone, instances that live keep what they kept before."""
        await self._stop_clients()
        for one in self.instances:
            if one.is_alive:
                facts = await one.ask("facts")
                while facts["sockets"] or facts["rooms"]:
                    facts = await one.ask("facts")
                assert_hardly_more(one.memory, facts["memory"], len(self.clients))

    async def _stop_clients(self) -> None:
        for client in self.clients:
            await client.stop()

    async def close(self) -> None:
        await self._stop_clients()
        for one in self.instances:
            if one.is_alive:
                one.resume()
                one.process.terminate()
        for one in self.instances:
            try:
                await asyncio.to_thread(one.process.wait, PATIENCE)
            except subprocess.TimeoutExpired:
                one.kill()

    def said(self) -> str:
        return "\n".join(f"--- {one.log.name}\n{one.log.read_text()}" for one in self.instances)


class Publisher:
    """Counts on in a room, every so many seconds, until it is stopped: each number is committed once, or
    it is told that it was not."""

    def __init__(self, instance: Instance, room: str, every: float) -> None:
        self._instance, self._room, self._every = instance, room, every
        self.committed: list[int] = []
        self.failed: list[tuple[int, str]] = []
        self.number = 0
        self._is_over = asyncio.Event()
        self._task = asyncio.create_task(self._count())

    async def _count(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not self._is_over.is_set():
            self.number += 1
            answer = await self._instance.ask("publish", room=self._room, n=self.number)
            if answer["status"] == 200:
                self.committed.append(self.number)
            else:
                self.failed.append((self.number, answer["error"]))
            due = max(due + self._every, loop.time())
            await asyncio.sleep(due - loop.time())

    async def stop(self) -> list[int]:
        self._is_over.set()
        await self._task
        return self.committed


async def assert_nothing_lost(clients: list[Client], room: str, published: Publisher) -> None:
    """Whatever was committed has reached everybody, once and in order, and nobody needed a snapshot."""
    committed = await published.stop()
    last = committed[-1]
    await auntil(lambda: all(one.rooms[room].numbers[-1:] == [last] for one in clients))
    unknown = {number for number, _error in published.failed}
    for client in clients:
        assert client.faults == []
        assert client.rooms[room].snapshots == 0
        got = client.rooms[room].numbers
        assert got == sorted(set(got))
        expected = {number for number in committed if number >= got[0]}
        assert expected - set(got) == set(), "Something was lost."
        assert set(got) - unknown - expected == set(), "Something came that was not committed."


@contextlib.asynccontextmanager
async def house(address: str, folder: Path) -> AsyncIterator[House]:
    """A house for the length of the block; what its instances said is shown where a test fails."""
    built = House(address, folder)
    try:
        yield built
        async with asyncio.timeout(PATIENCE):
            await built.assert_it_keeps_nothing()
    except BaseException:
        print(built.said())  # noqa: T201 - beside the failure
        raise
    finally:
        await built.close()
    assert built.rows() == (0, 0)
