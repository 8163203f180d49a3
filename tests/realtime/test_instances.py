"""Instances that live, die and wake, and what their tables say of it."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace

import pytest

from realtime import instances, metrics, registry
from tests.realtime.fleet import FAST, Start, rows, sql, start
from tests.waiting import auntil

__all__ = ["start"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("realtime_alone"),
]


async def test_the_tables_follow_what_is_open(start: Start) -> None:
    here = start()
    page = here.page(7, "lobby.1", "user.7")
    visitor = here.page(None, "lobby.1")
    await auntil(lambda: rows_are(1, 2))
    assert await sql("SELECT user_id, rooms, host FROM realtime_connection ORDER BY user_id") == [
        (7, ["lobby.1", "user.7"], "chapter"),
        (None, ["lobby.1"], "chapter"),
    ]
    page.leave("user.7")
    visitor.close()
    await auntil(lambda: rows_are(1, 1))
    await auntil(
        lambda: finds("SELECT 1 FROM realtime_connection WHERE rooms = '{lobby.1}'::text[]")
    )
    page.close()
    await here.instance.leave()
    assert await rows() == (0, 0)


async def test_who_ends_while_it_writes_waits_for_nothing_more(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on every SIGTERM: that this instance ends is written in the moment in which it is to leave."""
    here = start(replace(FAST, heartbeat=600))
    await auntil(lambda: rows_are(1, 0))
    await auntil(lambda: here.instance.peers)
    monkeypatch.setattr(instances, "LAST_WORDS", 600)
    writing, may_go_on, working = threading.Event(), threading.Event(), registry.beat

    def beat(*words: object) -> object:
        writing.set()
        assert may_go_on.wait(60)
        return working(*words)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(registry, "beat", beat)
    here.instance.beat_soon()
    await auntil(writing.is_set)
    leaving = asyncio.create_task(here.instance.leave())
    await asyncio.sleep(0)
    may_go_on.set()
    await asyncio.wait_for(leaving, 60)
    assert await rows() == (0, 0)


async def test_the_dead_are_swept_once_and_the_living_stay(start: Start) -> None:
    swept = metrics.SWEPT.total
    here, there, dead = start(), start(), start()
    stays = here.page(1, "lobby.1")
    for number in range(3):
        dead.page(10 + number, "lobby.1")
    await auntil(lambda: stays.count == 4)
    await dead.die()
    await auntil(lambda: rows_are(2, 1))
    assert metrics.SWEPT.total == swept + 1
    await auntil(lambda: stays.count == 1, 5.0)
    left = {one.hex for (one,) in await sql("SELECT id FROM realtime_instance")}
    assert left == {here.id, there.id}


async def test_who_was_swept_in_its_sleep_registers_anew(start: Start) -> None:
    anew = metrics.REGISTERED_ANEW.total
    here = start()
    page = here.page(7, "lobby.1")
    await auntil(lambda: rows_are(1, 1))
    await sql("DELETE FROM realtime_instance")
    await sql("DELETE FROM realtime_connection")
    await auntil(lambda: rows_are(1, 1))
    assert metrics.REGISTERED_ANEW.total > anew
    assert await sql("SELECT id FROM realtime_connection WHERE %s = ANY(rooms)", ["lobby.1"])
    page.close()
    await auntil(lambda: rows_are(1, 0))


async def test_a_crash_of_the_server_that_empties_the_table_is_noticed(start: Start) -> None:
    """Unlogged tables are empty after it, and the instance's own row is still there."""
    here = start()
    pages = [here.page(number, "lobby.1") for number in range(20)]
    await auntil(lambda: rows_are(1, 20))
    await sql("TRUNCATE realtime_connection")
    await auntil(lambda: rows_are(1, 20))
    await auntil(lambda: all(page.count == 20 for page in pages))


async def test_everybody_knows_everybody(start: Start) -> None:
    here, there = start(), start()
    there.page(7)
    await auntil(
        lambda: (
            {(one.id, one.sockets) for one in here.instance.peers} == {(here.id, 0), (there.id, 1)}
        )
    )
    await there.instance.drain(lambda: False)
    # (Draining is the process's, and both are in this one.)
    await auntil(lambda: there.id in {one.id for one in here.instance.peers if one.is_draining})
    assert await rows() == (2, 0)
    await there.instance.leave()
    await auntil(lambda: [one.id for one in here.instance.peers] == [here.id])


async def test_who_was_away_does_not_find_all_others_dead(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that comes back after a minute finds every instance silent, but none dead."""
    start().page(7, "lobby.1")
    start()
    await auntil(lambda: rows_are(2, 1))
    swept = metrics.SWEPT.total
    working, away = registry.beat, True

    def beat(*words: object) -> object:
        if away:
            raise ConnectionError("The database is away.")
        return working(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(registry, "beat", beat)
    monkeypatch.setattr(registry, "register", beat)
    monkeypatch.setattr(registry, "write", beat)
    await auntil(lambda: silent_for(FAST.silent_for + 0.5))
    away = False
    monkeypatch.undo()
    await auntil(lambda: all_heard())
    assert metrics.SWEPT.total == swept
    assert await rows() == (2, 1)


async def test_rows_are_written_when_the_database_is_there(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*words: object) -> object:
        raise ConnectionError("The database is away.")

    monkeypatch.setattr(registry, "register", away)
    here = start()
    here.page(7, "lobby.1")
    await auntil(lambda: "cannot write its connections" in caplog.text)
    monkeypatch.undo()
    await auntil(lambda: rows_are(1, 1))


async def rows_are(instances: int, connections: int) -> bool:
    return await rows() == (instances, connections)


async def finds(statement: str) -> bool:
    return bool(await sql(statement))


async def silent_for(seconds: float) -> bool:
    return not await finds(
        f"SELECT 1 FROM realtime_instance WHERE heartbeat_at > now() - interval '{seconds} s'"  # noqa: S608
    )


async def all_heard() -> bool:
    return not await finds(
        "SELECT 1 FROM realtime_instance WHERE heartbeat_at < now() - interval '1 s'"
    )
