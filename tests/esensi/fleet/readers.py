"""Readers of a book, as client.js has them, and people who turn pages: all through the edge."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from typing import Any, NamedTuple

import aiohttp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.realtime.client import OPENS_WITHIN, Client, Known

#: Seconds in which a page is answered, however busy the machine is.
PAGE_PATIENCE = 60.0
#: In the place of a status, where an answer broke off.
BROKEN = -1


class Reader(Client):
    """One open page of a book."""

    def __init__(self, port: int, room: str, chance: random.Random) -> None:
        self._name = f"esensi.localhost:{port}"
        origin = f"http://{self._name}"
        super().__init__(lambda: [port], room, origin=origin, chance=chance, first_wait=1.5)
        self.room = self.rooms[room]

    async def _dial(self) -> ClientConnection | None:
        (port,) = self._ports()
        try:
            async with asyncio.timeout(OPENS_WITHIN):
                return await connect(
                    f"ws://{self._name}/realtime/",
                    host="127.0.0.1",
                    port=port,
                    origin=self._origin,  # type: ignore[arg-type] # websockets' own kind of text
                    compression=None,
                    proxy=None,
                    ping_interval=None,
                    close_timeout=1,
                    open_timeout=None,
                )
        except InvalidHandshake as error:
            response = getattr(error, "response", None)
            self.refused[response.status_code if response else 0] += 1
        except (OSError, WebSocketException, TimeoutError):
            self.refused[0] += 1
        return None

    def _take(self, room: Known, event: dict[str, Any]) -> None:
        super()._take(room, {**event, "data": {"n": event["data"]["number"]}})


class Turned(NamedTuple):
    """A page that was asked for; times are of ``time.monotonic``."""

    status: int
    begun: float
    ended: float
    path: str

    @property
    def was_lost(self) -> bool:
        """Did the machine end before its answer had come, or within it?"""
        return self.status in (502, BROKEN)


class PageTurners:
    """Ask for pages, so many a second, whatever becomes of the ones before."""

    def __init__(self, port: int, paths: list[tuple[str, str]], *, a_second: float) -> None:
        self._port, self._paths, self._pause = port, paths, 1 / a_second
        self.turned: list[Turned] = []
        self._asking: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._turn())

    async def _turn(self) -> None:
        timeout = aiohttp.ClientTimeout(total=PAGE_PATIENCE)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            try:
                number = 0
                while True:
                    task = asyncio.create_task(self._ask(session, number))
                    self._asking.add(task)
                    task.add_done_callback(self._asking.discard)
                    number += 1
                    await asyncio.sleep(self._pause)
            finally:
                await asyncio.gather(*self._asking, return_exceptions=True)

    async def _ask(self, session: aiohttp.ClientSession, number: int) -> None:
        host, path = self._paths[number % len(self._paths)]
        begun, status = time.monotonic(), 0
        try:
            async with session.get(
                f"http://127.0.0.1:{self._port}{path}",
                headers={"Host": f"{host}:{self._port}"},
                allow_redirects=False,
            ) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            status = BROKEN
        self.turned.append(Turned(status, begun, time.monotonic(), path))

    async def stop(self) -> list[Turned]:
        """Ask for no more, and wait for what is on its way."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        return self.turned

    @property
    def statuses(self) -> Counter[int]:
        return Counter(one.status for one in self.turned)
