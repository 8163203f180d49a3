"""Figures come while somebody watches, and nothing is read while nobody does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from realtime.connection import Caller, Connection
from realtime.events import Event
from realtime.hub import Hub
from realtime.limits import Limits
from realtime.reporting import Reporting
from realtime.rooms import Report, RoomKind
from realtime.testing import registered
from tests.realtime.fleet import Person
from tests.realtime.rooms_of_tests import empty, everybody
from tests.waiting import auntil

ROOM = "control"


@dataclass(frozen=True)
class Measured(Event):
    number: int


class Meter:
    """Counts how often it was begun and read; fails where it is told to."""

    def __init__(self) -> None:
        self.begun = self.read = 0
        self.fails = False

    def begin(self) -> Callable[[], Event]:
        self.begun += 1
        return self.measure

    def measure(self) -> Event:
        self.read += 1
        if self.fails:
            raise ValueError("broken")
        return Measured(self.read)


@pytest.fixture
def meter() -> Iterator[Meter]:
    meter = Meter()
    kind = RoomKind(
        name=ROOM,
        events=(),
        transients=(Measured,),
        allowed=everybody,
        snapshot=empty,
        keep_for=timedelta(days=1),
        keep_at_most=1,
        report=Report(0.02, meter.begin),
    )
    with registered(kind):
        yield meter


def watcher(hub: Hub, heard: list[Any]) -> Connection:
    async def write(text: str) -> None:
        heard.extend(json.loads(text))

    async def end(_code: Any, _reason: str) -> None:
        hub.shut(connection)

    connection = Connection(
        hub,
        Caller(Person(7), "", "internal", "127.0.0.1"),
        kind="socket",
        write=write,
        end=end,
        opened_at=datetime.now(UTC),
    )
    hub.open(connection)
    hub.hold(connection, ROOM)
    hub.release(connection, ROOM, 0)
    return connection


async def test_all_who_watch_are_told_by_one_reading(meter: Meter) -> None:
    hub = Hub(Limits())
    reporting = Reporting(hub)
    hub.watch(reporting)
    assert meter.begun == 0
    first: list[Any] = []
    second: list[Any] = []
    one, other = watcher(hub, first), watcher(hub, second)
    await auntil(lambda: len(first) > 2 and len(second) > 2)
    assert meter.begun == 1
    assert {said["is"] for said in first} == {"transient"}
    numbers = [said["data"]["number"] for said in first]
    assert numbers == sorted(set(numbers))
    hub.leave(one, ROOM)
    assert reporting.rooms == {ROOM}
    hub.shut(other)
    assert reporting.rooms == set()


async def test_nothing_is_read_when_the_last_has_gone_and_it_begins_anew(meter: Meter) -> None:
    hub = Hub(Limits())
    reporting = Reporting(hub)
    hub.watch(reporting)
    heard: list[Any] = []
    connection = watcher(hub, heard)
    await auntil(lambda: heard)
    task = reporting._tasks[ROOM]
    hub.leave(connection, ROOM)
    await auntil(task.done)
    read = meter.read
    watcher(hub, heard)
    await auntil(lambda: meter.read > read)
    assert meter.begun == 2
    for one in hub.connections():
        hub.shut(one)


async def test_a_reading_that_fails_is_complained_of_once(
    meter: Meter, caplog: pytest.LogCaptureFixture
) -> None:
    meter.fails = True
    hub = Hub(Limits())
    hub.watch(Reporting(hub))
    heard: list[Any] = []
    watcher(hub, heard)
    await auntil(lambda: meter.read > 3)
    assert heard == []
    assert len([line for line in caplog.messages if "cannot be read" in line]) == 1
    meter.fails = False
    await auntil(lambda: heard)
    for one in hub.connections():
        hub.shut(one)
