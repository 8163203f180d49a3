"""A client that speaks the protocol as client.js does: it joins, resumes where it was, comes back with
jitter, and asserts that every offset reaches it once and in order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

#: Seconds; client.js's own times.
FIRST_WAIT, LONGEST_WAIT, OPENS_WITHIN = 3.0, 30.0, 8.0


@dataclass
class Known:
    """What a client knows of a room."""

    epoch: str | None = None
    offset: int = 0
    is_here: bool = False
    #: The numbers of the events that it was told, and when the newest came.
    numbers: list[int] = field(default_factory=list)
    heard_at: float = 0.0
    snapshots: int = 0
    count: int | None = None

    @property
    def newest(self) -> int:
        """The newest number that it was told, or -1."""
        return self.numbers[-1] if self.numbers else -1


class Client:
    """``ports`` are where instances listen: it tries one after another, as an edge would, and waits
    when none takes it. ``first_wait`` may be shorter than client.js's where a test counts seconds."""

    def __init__(
        self,
        ports: Callable[[], Sequence[int]],
        *rooms: str,
        origin: str,
        chance: random.Random,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self._ports, self._origin, self._chance = ports, origin, chance
        self._first_wait = first_wait
        self.rooms = {room: Known() for room in rooms}
        #: What was wrong; a client that finds something goes on.
        self.faults: list[str] = []
        self.closes: Counter[int] = Counter()
        self.refused: Counter[int] = Counter()
        self.instance = ""
        self.port = 0
        self.opened_at: list[float] = []
        self.lost_at: list[float] = []
        self._socket: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._asking: set[asyncio.Task[None]] = set()

    @property
    def is_here(self) -> bool:
        """Is it connected, and in all its rooms?"""
        return self._socket is not None and all(one.is_here for one in self.rooms.values())

    def start(self) -> None:
        self._task = asyncio.create_task(self._live())

    async def stop(self) -> None:
        ended = {self._task, *self._asking} - {None}
        for task in ended:
            task.cancel()  # type: ignore[union-attr]
        await asyncio.gather(*ended, return_exceptions=True)  # type: ignore[arg-type]

    async def _live(self) -> None:
        attempt = 0
        while True:
            if await self._once():
                attempt = 0
            most = min(LONGEST_WAIT, self._first_wait * 2**attempt)
            attempt += 1
            await asyncio.sleep(self._chance.random() * most)

    async def _once(self) -> bool:
        """Connect and listen to the end; whether it had been connected."""
        socket = await self._dial()
        if socket is None:
            return False
        self._socket = socket
        self.opened_at.append(time.monotonic())
        try:
            await socket.send(json.dumps({"do": "join", "rooms": self._wanted()}))
            async for frame in socket:
                for message in json.loads(frame):
                    self._hear(message)
        except WebSocketException:
            pass
        finally:
            self._socket = None
            self.lost_at.append(time.monotonic())
            for room in self.rooms.values():
                room.is_here = False
            with contextlib.suppress(Exception):
                socket.transport.abort()
        self.closes[socket.close_code or 1006] += 1
        return True

    async def _dial(self) -> ClientConnection | None:
        ports = list(self._ports())
        self._chance.shuffle(ports)
        for port in ports:
            try:
                async with asyncio.timeout(OPENS_WITHIN):
                    socket = await connect(
                        f"ws://127.0.0.1:{port}/realtime/",
                        origin=self._origin,  # type: ignore[arg-type]
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
            else:
                self.port = port
                return socket
        return None

    def _wanted(self) -> list[dict[str, Any]]:
        return [
            {"room": name}
            | ({} if one.epoch is None else {"since": {"epoch": one.epoch, "offset": one.offset}})
            for name, one in self.rooms.items()
        ]

    def _hear(self, message: dict[str, Any]) -> None:
        handle = getattr(self, f"_on_{message['is']}", None)
        if handle is None:
            self.faults.append(f"unexpected: {message}")
        else:
            handle(message)

    def _on_welcome(self, message: dict[str, Any]) -> None:
        self.instance = message["instance"]

    def _on_joined(self, message: dict[str, Any]) -> None:
        room = self.rooms[message["room"]]
        if message["recovered"]:
            if room.epoch and message["epoch"] != room.epoch:
                self.faults.append(f"recovered in another epoch: {message}")
            room.epoch = message["epoch"]
            for event in message["events"]:
                self._take(room, event)
            if room.offset != message["offset"]:
                self.faults.append(f"recovered up to {message['offset']}, got {room.offset}")
        else:
            if room.epoch is not None:
                room.snapshots += 1
            room.epoch, room.offset = message["epoch"], message["offset"]
        room.is_here = True

    def _on_event(self, message: dict[str, Any]) -> None:
        room = self.rooms[message["room"]]
        if not room.is_here:
            self.faults.append(f"told before joined: {message}")
        if "epoch" in message:  # the stream's first event
            room.epoch = message["epoch"]
        self._take(room, message)

    def _take(self, room: Known, event: dict[str, Any]) -> None:
        if event["offset"] != room.offset + 1:
            self.faults.append(f"offset {event['offset']} after {room.offset}")
        room.offset = event["offset"]
        room.numbers.append(event["data"]["n"])
        room.heard_at = time.monotonic()

    def _on_presence(self, message: dict[str, Any]) -> None:
        self.rooms[message["room"]].count = message["count"]

    def _on_restarted(self, message: dict[str, Any]) -> None:
        self.rooms[message["room"]].is_here = False
        self._ask_again(message["room"], 0.0)

    def _on_refused(self, message: dict[str, Any]) -> None:
        if message["why"] != "unavailable":
            self.faults.append(f"refused: {message}")
        else:
            self.refused[503] += 1
            self._ask_again(message["room"], self._chance.random() * LONGEST_WAIT)

    def _ask_again(self, room: str, after: float) -> None:
        """Join one room again on the line that there is, if it is still the same then."""
        socket = self._socket

        async def ask() -> None:
            await asyncio.sleep(after)
            if socket is not None and socket is self._socket:
                wanted = [one for one in self._wanted() if one["room"] == room]
                with contextlib.suppress(WebSocketException):
                    await socket.send(json.dumps({"do": "join", "rooms": wanted}))

        task = asyncio.get_running_loop().create_task(ask())
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
