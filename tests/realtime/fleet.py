"""Instances of a fleet in one event loop, each with a hub of its own; their tables and their channel layer
are real."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.db import connection as database

from realtime import presence
from realtime.connection import Caller, Connection
from realtime.draining import draining
from realtime.hub import Hub
from realtime.instances import ThisInstance
from realtime.layer import PostgresChannelLayer, close_all
from realtime.limits import Limits
from realtime.ways import Ways
from tests.realtime import fleet_rooms  # noqa: F401 - registers the kinds

#: Seconds for what takes tenths of one.
PATIENCE = 15.0
#: Seconds for which somebody who has gone is counted here.
LINGER = 1.0
FAST = Ways(heartbeat=0.3, silent_for=1.5, sweep_every=0.3, drain_seconds=0.3)


@dataclass
class Person:
    """A user, as far as realtime looks."""

    pk: int | None


@dataclass
class Page:
    """A connection, and what it was told."""

    connection: Connection
    hub: Hub
    heard: list[dict[str, Any]] = field(default_factory=list)

    def enter(self, room: str, *, quietly: bool = False) -> None:
        self.hub.hold(self.connection, room)
        if quietly:
            self.connection.quiet.add(room)
        self.hub.release(self.connection, room, 0)

    def leave(self, room: str) -> None:
        self.hub.leave(self.connection, room)

    def close(self) -> None:
        self.hub.shut(self.connection)

    @property
    def told(self) -> list[dict[str, Any]]:
        """Give what it was told of presence."""
        return [one for one in self.heard if one["is"] == "presence"]

    @property
    def count(self) -> int | None:
        return self.told[-1]["count"] if self.told else None

    @property
    def people(self) -> dict[str, Mapping[str, Any]]:
        """Give the people of the room as a client knows them: the state and every change after it."""
        known: dict[str, Mapping[str, Any]] = {}
        for one in self.told:
            if "people" in one:
                known = {entry["person"]: entry for entry in one["people"]}
            known.update({entry["person"]: entry for entry in one.get("came", ())})
            for entry in one.get("left", ()):
                del known[entry["person"]]
        return known


class Member:
    """One instance of the fleet."""

    def __init__(self, layer: Any, ways: Ways = FAST) -> None:
        self.hub = Hub(Limits())
        self.instance = ThisInstance(ways, self.hub, layer, time.monotonic)
        # Several in one loop: each has a name of its own all the same.
        object.__setattr__(self.instance.me, "id", f"{id(self):032x}")
        self.instance.start()

    @property
    def id(self) -> str:
        return self.instance.me.id

    def page(self, user_id: int | None = None, *rooms: str) -> Page:
        """Open a connection, and bring it into rooms."""
        heard: list[dict[str, Any]] = []

        async def write(text: str) -> None:
            heard.extend(json.loads(text))

        async def end(_code: Any, _reason: str) -> None:
            page.close()

        caller = Caller(Person(user_id), "", "chapter", "127.0.0.1")
        connection = Connection(
            self.hub, caller, kind="socket", write=write, end=end, opened_at=datetime.now(UTC)
        )
        page = Page(connection, self.hub, heard)
        self.hub.open(connection)
        for room in rooms:
            page.enter(room)
        return page

    async def die(self) -> None:
        """End without a word, as a machine that loses power."""
        for task in self.instance._tasks:
            task.cancel()
        await asyncio.gather(*self.instance._tasks, return_exceptions=True)


@database_sync_to_async  # type: ignore[untyped-decorator]
def sql(statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement, and give its rows."""
    with database.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


async def rows() -> tuple[int, int]:
    """How many instances and connections do the tables have?"""
    ((instances, connections),) = await sql(
        "SELECT (SELECT count(*) FROM realtime_instance), (SELECT count(*) FROM realtime_connection)"
    )
    return instances, connections


async def settles(condition: Callable[[], bool], during: float) -> None:
    """Assert that a condition holds all the time."""
    end = time.monotonic() + during
    while time.monotonic() < end:
        assert condition()
        await asyncio.sleep(0.05)


Start = Callable[..., Member]


@pytest.fixture
async def start(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Start]:
    """Everything is some five times faster than it is."""
    monkeypatch.setattr(presence, "TICK", 0.1)
    monkeypatch.setattr(presence, "LINGER", LINGER)
    layer = PostgresChannelLayer()
    members: list[Member] = []

    def begin(ways: Ways = FAST) -> Member:
        members.append(Member(layer, ways))
        return members[-1]

    yield begin
    for member in members:
        await member.die()
    await layer.close()
    close_all()
    draining.has_begun = draining.is_final = False
