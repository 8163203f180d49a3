"""The whole house as a fleet: it grows, shrinks, is deployed and breaks while people read, and nobody
misses anything."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from esensi.fleet.deploy import Deployment
from esensi.fleet.fleet import Fleet
from esensi.fleet.flyfile import read
from esensi.fleet.house import PARENT, ground
from tests.esensi.fleet.author import SLUG, Author
from tests.esensi.fleet.readers import PageTurners, Reader
from tests.esensi.fleet.scene import until
from tests.fly.files import ROOT
from tests.waiting import free_port

#: Seconds for what takes a few: eight processes share two cores with other tests.
PATIENCE = 120.0
PROGRAM = (sys.executable, "-m", "tests.esensi.fleet.program")
PATHS = [
    (PARENT, "/"),
    (PARENT, "/books/"),
    (PARENT, f"/books/{SLUG}/"),
    (f"chapter.{PARENT}", f"/{SLUG}/"),
    (f"chapter.{PARENT}", f"/{SLUG}/1/"),
]


@dataclass
class Rehearsal:
    fleet: Fleet
    author: Author
    database: str
    readers: list[Reader] = field(default_factory=list)

    async def enter(self, count: int) -> None:
        """Have readers open the book, some at a time: all share these two cores."""
        chance = random.Random(11)
        while len(self.readers) < count:
            some = [
                Reader(self.fleet.edge.port, self.author.room, random.Random(chance.random()))
                for _ in range(min(50, count - len(self.readers)))
            ]
            self.readers += some
            for one in some:
                one.start()
            await self.until(lambda: self.are_here)

    async def until(self, condition: Callable[[], Any]) -> float:
        """Wait for a condition; the seconds that it took."""
        begun = time.monotonic()
        await until(condition, self.fleet.bell, PATIENCE)
        return time.monotonic() - begun

    @property
    def are_here(self) -> bool:
        return all(one.is_here for one in self.readers)

    def is_well(self, instances: int) -> bool:
        """Everybody is here, has heard the newest of a moment ago and knows how many there are, and the
        tables have these and nobody else."""
        newest = self.author.committed[-1] if self.author.committed else -1
        return (
            self.are_here
            and all(
                one.room.count == len(self.readers) and one.room.newest >= newest - 3
                for one in self.readers
            )
            and self.rows == (instances, len(self.readers))
        )

    @property
    def rows(self) -> tuple[int, int]:
        """How many instances and connections the tables have."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            found = connection.execute(
                "SELECT (SELECT count(*) FROM realtime_instance),"
                " (SELECT count(*) FROM realtime_connection)"
            ).fetchone()
        assert found
        return found[0], found[1]

    def assert_nothing_lost(self, committed: list[int]) -> None:
        """Whatever was committed has reached everybody, once and in order, and nobody needed a
        snapshot."""
        for reader in self.readers:
            assert reader.faults == []
            assert reader.room.snapshots == 0
            got = reader.room.numbers
            assert got == list(range(got[0], committed[-1] + 1))
        assert committed == list(range(1, committed[-1] + 1))


@contextlib.asynccontextmanager
async def rehearsal(folder: Path, *, count: int, **variables: str) -> AsyncIterator[Rehearsal]:
    app, port = read(ROOT / "fly.toml"), free_port()
    with ground(app, folder, port=port, variables=variables) as there:
        recipe = dataclasses.replace(there.recipe, command=PROGRAM)
        fleet = Fleet(recipe, there.place, rest_every=3600)
        await fleet.open(port)
        author = built = None
        try:
            await fleet.release()
            author = await Author.begin(fleet.recipe.environment)
            await fleet.scale(count)
            built = Rehearsal(fleet, author, there.database)
            yield built
        except BaseException:
            for one in fleet.machines:
                print(f"--- {one.id}\n{one.log.read_text()[-3000:]}")  # noqa: T201 - beside the failure
            raise
        finally:
            if built:
                await asyncio.gather(*(one.stop() for one in built.readers))
            if author:
                await author.close()
            await fleet.close()


FAST = {"FAST": "1", "REALTIME_DRAIN_SECONDS": "1"}


@pytest.mark.parametrize(
    ("count", "a_second", "variables"),
    [(24, 8, FAST), pytest.param(300, 50, {}, marks=pytest.mark.soak)],
    ids=["small", "full"],
)
@pytest.mark.timeout(900)
async def test_people_read_on_while_the_fleet_changes(
    tmp_path: Path, count: int, a_second: int, variables: dict[str, str]
) -> None:
    async with rehearsal(tmp_path, count=3, **variables) as here:
        fleet = here.fleet
        await here.enter(count)
        pages = PageTurners(fleet.edge.port, PATHS, a_second=a_second)
        here.author.write(every=0.4)
        took = {"all are here": await here.until(lambda: here.is_well(3))}

        await Deployment(fleet).run()
        took["well after a rolling deploy"] = await here.until(lambda: here.is_well(3))
        assert {one.version for one in fleet.machines} == {2}

        killed, gone = await kill_one(here)
        took["well after a kill"] = await here.until(lambda: here.is_well(3))

        took["well without a suspended one"] = await suspend_one(here)
        took["well after its return"] = await here.until(lambda: here.is_well(3))

        took |= await shrink(here)
        turned = await pages.stop()
        committed = await here.author.stop_writing()
        await here.until(lambda: all(one.room.newest == committed[-1] for one in here.readers))
        here.assert_nothing_lost(committed)
        bad = [one for one in turned if one.status != 200]
        assert all(one.was_lost and one.begun <= gone and one.ended >= killed for one in bad), bad
        took["the first page from zero"] = await first_page_from_zero(here)
        closes = closes_of(here.readers)
        # Sent away by the edge, cut by the kill, sent elsewhere by the deploy.
        assert set(closes) == {1001, 1006, 1012}
        print(  # noqa: T201
            f"{count} sockets, {len(committed)} events, 0 lost; {len(turned)} pages at {a_second}/s, "
            f"{len(bad)} lost on the killed instance; closes {closes}; seconds: "
            + ", ".join(f"{what} {seconds:.1f}" for what, seconds in took.items())
        )


def closes_of(readers: list[Reader]) -> dict[int, int]:
    """How often their sockets ended, by code."""
    found = Counter(int(code) for one in readers for code in one.closes.elements())
    return dict(sorted(found.items()))


async def kill_one(here: Rehearsal) -> tuple[float, float]:
    """Kill an instance with readers; when, and by when the edge knew."""
    dying = max(here.fleet.running, key=lambda one: len(one.lines))
    killed = time.monotonic()
    here.fleet.kill(dying.id)
    await here.until(lambda: dying.state != "started")
    gone = time.monotonic()
    await here.until(lambda: dying.state == "started")
    assert dying.restarts == 1
    return killed, gone


async def suspend_one(here: Rehearsal) -> float:
    """Suspend an instance until the others have found it dead, and wake it; the seconds until all was
    well without it."""
    sleeping = max(here.fleet.running, key=lambda one: len(one.lines))
    await here.fleet.suspend(sleeping.id)
    await here.until(lambda: not sleeping.lines)
    took = await here.until(lambda: here.is_well(2))
    await here.fleet.start(sleeping.id)
    return took


async def shrink(here: Rehearsal) -> dict[str, float]:
    """To one instance, and to none, which those who come back start; what took how many seconds."""
    await here.fleet.scale(1)
    took = {"well on one": await here.until(lambda: here.is_well(1))}
    await here.fleet.scale(0)
    took["well from zero"] = await here.until(lambda: here.is_well(1))
    assert len(here.fleet.running) == 1
    return took


async def first_page_from_zero(here: Rehearsal) -> float:
    """Have everything rest, without anybody; the seconds that the first visitor waits. (The figure is
    ``python -m benchmarks from_zero``'s; here it is that there is a page at all.)"""
    await asyncio.gather(*(one.stop() for one in here.readers))
    await here.fleet.scale(0)
    assert here.fleet.running == []
    assert here.rows == (0, 0)
    pages = PageTurners(here.fleet.edge.port, PATHS, a_second=0.001)
    await here.until(lambda: pages.turned)
    (first,) = await pages.stop()
    assert first.status == 200
    assert len(here.fleet.running) == 1
    return first.ended - first.begun
