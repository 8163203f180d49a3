"""From a room to its readers: once, in order, and at nobody's expense."""

from __future__ import annotations

import asyncio
import random
import tracemalloc
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from realtime import protocol
from realtime.connection import Connection
from realtime.frames import Since
from realtime.protocol import Close, Why
from tests.realtime.hall import Hall, open_halls
from tests.waiting import auntil

ROOM = "test.open"


@pytest.fixture
async def halls() -> AsyncIterator[Callable[..., Hall]]:
    with open_halls() as make:
        yield make


@pytest.fixture
async def hall(halls: Callable[..., Hall]) -> Hall:
    return halls()


async def test_who_joins_gets_the_state_and_then_every_event_once(hall: Hall) -> None:
    hall.streams.publish(ROOM)
    reader = hall.reader(pk=7)
    await reader.join(ROOM)
    joined = await reader.until("joined")
    assert joined["recovered"] is False
    assert (joined["offset"], joined["snapshot"]) == (1, {"for": 7, "key": "open"})
    hall.streams.publish(ROOM)
    hall.streams.publish(ROOM)
    await reader.until("event", 2)
    assert reader.offsets(ROOM) == [2, 3]


async def test_who_comes_back_gets_what_was_missed(hall: Hall) -> None:
    for _ in range(5):
        hall.streams.publish(ROOM)
    reader = hall.reader()
    await reader.join(ROOM, since=Since(hall.streams.epoch, 2))
    joined = await reader.until("joined")
    assert joined["recovered"] is True
    assert [one["offset"] for one in joined["events"]] == [3, 4, 5]
    assert "snapshot" not in joined


async def test_another_epoch_gives_the_state_and_never_a_part(hall: Hall) -> None:
    hall.streams.publish(ROOM)
    reader = hall.reader()
    await reader.join(ROOM, since=Since("another", 0))
    joined = await reader.until("joined")
    assert joined["recovered"] is False
    assert "events" not in joined


async def test_what_happens_while_somebody_joins_comes_after_the_past_and_once(hall: Hall) -> None:
    hall.streams.publish(ROOM)
    hall.streams.pause = asyncio.Event()
    reader = hall.reader()
    joining = asyncio.create_task(reader.join(ROOM, since=Since(hall.streams.epoch, 0)))
    await auntil(lambda: hall.streams.asked == 1)
    hall.streams.publish(ROOM)
    hall.streams.pause.set()
    await joining
    await reader.until("event")
    assert reader.kinds()[0] == "joined"
    assert reader.offsets(ROOM) == [1, 2]


async def test_what_the_past_already_had_is_not_repeated_when_the_feed_tells_it(hall: Hall) -> None:
    reader = hall.reader()
    slow = hall.reader()
    await slow.join(ROOM)
    hall.streams.publish(ROOM, tell=False)  # committed, and not yet told
    await reader.join(ROOM, since=Since(hall.streams.epoch, 0))
    hall.streams.tell(ROOM, *hall.streams.kept[ROOM])
    hall.streams.publish(ROOM)
    await reader.until("event")
    await slow.until("event", 2)
    assert reader.offsets(ROOM) == [1, 2]
    assert slow.offsets(ROOM) == [1, 2]


@pytest.mark.parametrize("seed", range(8))
async def test_whoever_joins_and_leaves_at_whatever_moment_misses_nothing(
    hall: Hall, seed: int
) -> None:
    chance = random.Random(seed)
    readers = []

    async def come() -> None:
        await asyncio.sleep(chance.random() * 0.1)
        reader = hall.reader()
        await reader.join(ROOM, since=Since(hall.streams.epoch, 0))
        if chance.random() < 0.5:
            await reader.do(do="leave", rooms=[ROOM])
            seen = max(reader.offsets(ROOM), default=0)
            await reader.join(ROOM, since=Since(hall.streams.epoch, seen))
        readers.append(reader)

    coming = [asyncio.create_task(come()) for _ in range(20)]
    for _ in range(60):
        late = chance.random() < 0.5
        hall.streams.publish(ROOM, tell=not late)
        await asyncio.sleep(chance.random() * 0.004)
        if late:
            hall.streams.tell(ROOM, hall.streams.kept[ROOM][-1])
    await asyncio.gather(*coming)
    hall.streams.publish(ROOM)
    last = len(hall.streams.kept[ROOM])
    for reader in readers:
        await auntil(lambda reader=reader: reader.offsets(ROOM)[-1:] == [last])  # type: ignore[misc]
        # One who left in between may be given again what was on its way: never out of order.
        assert list(dict.fromkeys(reader.offsets(ROOM))) == list(range(1, last + 1))


async def test_a_stream_that_begins_anew_is_told_and_read_again(hall: Hall) -> None:
    member, comer = hall.reader(), hall.reader()
    await member.join(ROOM)
    hall.streams.pause = asyncio.Event()
    joining = asyncio.create_task(comer.join(ROOM))
    await auntil(lambda: hall.streams.asked == 2)
    hall.streams.restart(ROOM, "a40d77b1c5e2")
    hall.streams.pause.set()
    await joining
    assert (await member.until("restarted"))["epoch"] == "a40d77b1c5e2"
    assert (await comer.until("joined"))["epoch"] == "a40d77b1c5e2"


async def test_messages_of_a_tick_travel_in_one_frame_and_are_encoded_once(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = [hall.reader() for _ in range(50)]
    for reader in readers:
        await reader.join(ROOM)
        await reader.until("joined")
    encoded: list[Any] = []
    encode = protocol.encode
    monkeypatch.setattr(protocol, "encode", lambda one: (encoded.append(one), encode(one))[1])
    before = [len(reader.frames) for reader in readers]
    for _ in range(3):
        hall.streams.publish(ROOM)
    for reader in readers:
        await reader.until("event", 3)
    assert len(encoded) == 3
    assert [len(reader.frames) for reader in readers] == [number + 1 for number in before]
    assert len({id(reader.frames[-1]) for reader in readers}) == 1


async def test_a_slow_reader_is_sent_away_and_holds_nobody_up(halls: Callable[..., Hall]) -> None:
    hall = halls(queued_messages=100)
    slow, quick = hall.reader(), hall.reader()
    for reader in (slow, quick):
        await reader.join(ROOM)
        await reader.until("joined")
    slow.may_write.clear()
    for number in range(300):
        hall.streams.publish(ROOM)
        if number % 10 == 0:
            await asyncio.sleep(0.011)
    await quick.until("event", 300)
    assert quick.offsets(ROOM) == list(range(1, 301))
    assert slow.closed == [Close.TOO_SLOW]
    assert slow.connection._pending == []
    assert quick.closed == []


async def test_one_who_is_behind_for_a_moment_gets_all_in_order(hall: Hall) -> None:
    reader = hall.reader()
    await reader.join(ROOM)
    await reader.until("joined")
    reader.may_write.clear()
    for _ in range(5):
        hall.streams.publish(ROOM)
        await asyncio.sleep(0.012)
    assert reader.offsets(ROOM) == []
    reader.may_write.set()
    await reader.until("event", 5)
    hall.streams.publish(ROOM)
    await reader.until("event", 6)
    assert reader.offsets(ROOM) == [1, 2, 3, 4, 5, 6]
    assert len(reader.frames) == 4  # joined, what was under way, what gathered, the last


async def test_readers_who_never_read_cost_no_memory(halls: Callable[..., Hall]) -> None:
    hall = halls(queued_messages=50)
    readers = [hall.reader() for _ in range(20)]
    for reader in readers:
        await reader.join(ROOM)
        await reader.until("joined")
        reader.may_write.clear()
    hall.streams.publish(ROOM)
    await asyncio.sleep(0.05)
    tracemalloc.start()
    try:
        hall.hub.events(ROOM, "", hall.streams.kept[ROOM] * 20_000)
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert all(reader.closed == [Close.TOO_SLOW] for reader in readers)
    assert kept < 1_000_000  # all those events, kept for one reader, are three times as much


async def test_an_empty_room_is_followed_no_longer(hall: Hall) -> None:
    one, other = hall.reader(), hall.reader()
    await one.join(ROOM)
    await other.join(ROOM)
    assert hall.streams.followers[ROOM] == {hall.hub}
    await one.do(do="leave", rooms=[ROOM])
    assert hall.streams.followers[ROOM] == {hall.hub}
    other.leave_the_page()
    assert hall.streams.followers[ROOM] == set()
    assert hall.hub.rooms == {}


async def test_whoever_leaves_while_joining_leaves_nothing(hall: Hall) -> None:
    hall.streams.pause = asyncio.Event()
    reader = hall.reader()
    joining = asyncio.create_task(reader.join(ROOM))
    await auntil(lambda: hall.streams.asked == 1)
    reader.leave_the_page()
    hall.streams.pause.set()
    await joining
    assert hall.hub.rooms == {}
    assert hall.streams.followers[ROOM] == set()


async def test_watchers_are_told_in_order(hall: Hall) -> None:
    told: list[tuple[str, str, frozenset[str]]] = []

    class Watcher:
        def opened(self, connection: Connection) -> None:
            told.append(("opened", "", frozenset()))

        def joined(self, connection: Connection, room: str) -> None:
            connection.send(protocol.presence(room, 1))
            told.append(("joined", room, frozenset(connection.rooms)))

        def left(self, connection: Connection, room: str) -> None:
            told.append(("left", room, frozenset(connection.rooms)))

        def closed(self, connection: Connection) -> None:
            told.append(("closed", "", frozenset(connection.rooms)))

    hall.hub.watch(Watcher())
    reader = hall.reader("test.a")
    await reader.join("test.a", ROOM, quiet=True)
    assert reader.connection.quiet == {"test.a", ROOM}
    await reader.do(do="leave", rooms=["test.a", "test.never"])
    reader.leave_the_page()
    await asyncio.sleep(0.02)
    assert told == [
        ("opened", "", frozenset()),
        ("joined", "test.a", frozenset({"test.a"})),
        ("joined", ROOM, frozenset({"test.a", ROOM})),
        ("left", "test.a", frozenset({ROOM})),
        ("closed", "", frozenset({ROOM})),
    ]


async def test_presence_comes_behind_joined(hall: Hall) -> None:
    reader = hall.reader()
    await reader.join(ROOM)
    hall.hub.to_room(ROOM, protocol.presence(ROOM, 1))
    await reader.until("presence")
    assert reader.kinds() == ["joined", "presence"]


async def test_a_closed_connection_hears_nothing_more(hall: Hall) -> None:
    reader = hall.reader()
    await reader.join(ROOM)
    reader.connection.close(Close.SESSION_ENDED)
    hall.streams.publish(ROOM)
    await asyncio.sleep(0.03)
    assert reader.kinds() == ["joined"]
    assert reader.closed == [Close.SESSION_ENDED]


async def test_a_room_that_was_lost_says_so_and_is_silent(hall: Hall) -> None:
    reader = hall.reader()
    await reader.join(ROOM)
    hall.hub.leave(reader.connection, ROOM, Why.NOT_ALLOWED)
    hall.streams.publish(ROOM)
    await asyncio.sleep(0.03)
    assert reader.kinds() == ["joined", "left"]
