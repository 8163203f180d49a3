"""Rooms, people and a stream without a database, for what happens between a stream and its readers."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from realtime import rooms
from realtime.connection import Caller, Connection
from realtime.events import Event
from realtime.feed import Follower
from realtime.frames import Since, parse_room
from realtime.hub import Hub
from realtime.limits import Limits
from realtime.protocol import Close
from realtime.reading import Caught, Position, Stored
from realtime.reception import Door, Reception
from realtime.rooms import Ask, RoomKind
from realtime.talking import Talk
from tests.waiting import auntil

AT = "2026-03-01T09:30:00+00:00"


@dataclass(frozen=True)
class ThingDone(Event):
    number: int


@dataclass(frozen=True)
class Writing(Event):
    by: str


@dataclass(eq=False)
class Person:
    """A user of this hall; ``pk`` None is a visitor."""

    pk: int | None
    rooms: set[str] = field(default_factory=set)

    @property
    def is_authenticated(self) -> bool:
        return self.pk is not None


def allowed(asks: Sequence[Ask]) -> Collection[Ask]:
    CALLS.append(len(asks))
    return [ask for ask in asks if ask.key == "open" or f"test.{ask.key}" in ask.user.rooms]


def snapshot(user: Any, key: str) -> Mapping[str, Any]:
    return {"for": user.pk, "key": key}


def write(user: Any, key: str, data: Mapping[str, Any]) -> Event:
    return Writing(by=data["by"])


CALLS: list[int] = []
TEST_ROOMS = RoomKind(
    name="test",
    events=(ThingDone,),
    transients=(Writing,),
    allowed=allowed,
    snapshot=snapshot,
    keep_for=timedelta(hours=1),
    keep_at_most=1000,
    said_by_clients={"writing": write},
)


@contextmanager
def kind_registered(kind: RoomKind = TEST_ROOMS) -> Iterator[None]:
    rooms.register(kind)
    try:
        yield
    finally:
        del rooms._kinds[kind.name]


class Streams:
    """Stands for ``realtime.feed.Feed``: streams in memory; ``pause`` lets things happen between a
    question and its answer."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Stored]] = defaultdict(list)
        self.epoch = "6f1c0d2e9a47"
        self.followers: dict[str, set[Follower]] = defaultdict(set)
        self.pause: asyncio.Event | None = None
        self.asked = 0
        self.fails: Exception | None = None

    def publish(self, room: str, *, tell: bool = True) -> None:
        offset = len(self.kept[room]) + 1
        stored = Stored(offset, "thing_done", AT, {"number": offset})
        self.kept[room].append(stored)
        if tell:
            self.tell(room, stored)

    def tell(self, room: str, *stored: Stored) -> None:
        for follower in tuple(self.followers[room]):
            follower.events(room, self.epoch, stored)

    def restart(self, room: str, epoch: str) -> None:
        self.epoch = epoch
        self.kept[room].clear()
        for follower in tuple(self.followers[room]):
            follower.restarted(room, epoch)

    async def follow(self, room: str, follower: Follower) -> Position:
        await asyncio.sleep(0)
        self.followers[room].add(follower)
        return Position(self.epoch, len(self.kept[room]))

    def unfollow(self, room: str, follower: Follower) -> None:
        self.followers[room].discard(follower)

    async def catch_up(self, asks: Sequence[tuple[str, Position | None]]) -> list[Caught]:
        self.asked += 1
        if self.fails:
            raise self.fails
        answers = [self._caught(room, since) for room, since in asks]
        if self.pause:
            await self.pause.wait()
        return answers

    def _caught(self, room: str, since: Position | None) -> Caught:
        head = Position(self.epoch, len(self.kept[room]))
        if since is None or since.epoch != self.epoch or since.offset > head.offset:
            return Caught(room, head, False, ())
        return Caught(room, head, True, tuple(self.kept[room][since.offset :]))


class Reader:
    """A page: what was written to it, as a client would understand it."""

    def __init__(self, hall: Hall, person: Person, session_key: str = "") -> None:
        self.frames: list[str] = []
        self.closed: list[int] = []
        self.may_write = asyncio.Event()
        self.may_write.set()
        caller = Caller(person, session_key, "main", "192.0.2.1")
        self.connection = Connection(
            hall.hub,
            caller,
            kind="socket",
            write=self._write,
            end=self._end,
            opened_at=datetime.now(UTC),
        )
        hall.hub.open(self.connection)
        self.hall, self.talk = hall, Talk(hall.reception, self.connection)

    async def _write(self, text: str) -> None:
        await self.may_write.wait()
        self.frames.append(text)

    async def _end(self, code: Close, reason: str) -> None:
        self.closed.append(int(code))

    async def do(self, **frame: Any) -> None:
        await self.talk.hear(json.dumps(frame))

    async def join(self, *names: str, since: Since | None = None, quiet: bool = False) -> None:
        wanted = [parse_room({"room": name, "quiet": quiet}) for name in names]
        rooms = [replace(one, since=since) for one in wanted]
        await self.hall.reception.joining.join(self.connection, rooms)

    @property
    def heard(self) -> list[dict[str, Any]]:
        return [message for frame in self.frames for message in json.loads(frame)]

    def kinds(self) -> list[str]:
        return [message["is"] for message in self.heard]

    async def until(self, kind: str, number: int = 1) -> dict[str, Any]:
        """Wait for the n-th message of a kind."""
        await auntil(lambda: self.kinds().count(kind) >= number)
        return [one for one in self.heard if one["is"] == kind][number - 1]

    def offsets(self, room: str) -> list[int]:
        """Give the offsets that this reader learnt of after its first ``joined``, in order."""
        found: list[int] = []
        for one in self.heard:
            if one.get("room") != room:
                continue
            if one["is"] == "joined":
                found += [event["offset"] for event in one.get("events", [])]
            elif one["is"] == "event":
                found.append(one["offset"])
        return found

    def leave_the_page(self) -> None:
        self.hall.hub.shut(self.connection)


class Hall:
    """A hub with its reception, on streams in memory."""

    def __init__(self, **limits: Any) -> None:
        self.hub = Hub(Limits(**limits))
        self.streams = Streams()
        door = Door(host_of=lambda scope: "main", origins=(), network_of=lambda scope: "192.0.2.1")
        self.reception = Reception(door, self.hub, self.streams, "9be1")  # type: ignore[arg-type]

    def reader(self, *rooms: str, pk: int | None = None, session_key: str = "") -> Reader:
        return Reader(self, Person(pk, set(rooms)), session_key)

    def close(self) -> None:
        self.reception.revoking.close()


@contextmanager
def open_halls() -> Iterator[Callable[..., Hall]]:
    """Give what makes halls, with these limits; and close them at the end of the block."""
    opened: list[Hall] = []

    def make(**limits: Any) -> Hall:
        opened.append(Hall(**limits))
        return opened[-1]

    with kind_registered():
        yield make
    for hall in opened:
        hall.close()
