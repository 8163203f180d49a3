"""The way into rooms, where one of several cannot be followed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest
from django.db import DatabaseError

from realtime import rooms
from realtime.feed import Follower
from realtime.frames import Since
from realtime.reading import Position, Stored
from tests.realtime.hall import TEST_ROOMS, Streams, open_halls
from tests.waiting import auntil

OPEN, OTHER = "test.open", "test.other"


async def test_a_room_whose_neighbour_failed_is_not_taken_for_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_slow, follow = asyncio.Event(), Streams.follow

    async def fail_or_wait(streams: Streams, room: str, follower: Follower) -> Position:
        if is_slow.is_set():
            return await follow(streams, room, follower)
        if room == OPEN:
            raise DatabaseError
        position = await follow(streams, room, follower)  # as the feed does: followed, then read
        await is_slow.wait()
        return position

    monkeypatch.setattr(Streams, "follow", fail_or_wait)
    with open_halls() as make:
        hall = make()
        first, second = hall.reader(OTHER), hall.reader(OTHER)
        refused = asyncio.create_task(first.join(OPEN, OTHER))
        await auntil(lambda: hall.streams.followers[OTHER])
        asyncio.get_running_loop().call_later(0.02, is_slow.set)
        await refused
        await second.join(OTHER)
        await first.until("refused", 2)
        await second.until("joined")
        hall.streams.publish(OTHER)
        await second.until("event")


async def test_a_kind_says_what_is_told_again_and_a_fault_of_it_is_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def without_first(events: Sequence[Stored]) -> list[Stored]:
        if len(events) > 2:
            raise RuntimeError("Nobody knows so many.")
        return [one._replace(data={}) if one.offset == 1 else one for one in events]

    with open_halls() as make:
        monkeypatch.setitem(rooms._kinds, "test", replace(TEST_ROOMS, retold=without_first))
        hall = make()
        first = hall.reader(OPEN, OTHER)
        await first.join(OPEN, OTHER)
        hall.streams.publish(OPEN)
        hall.streams.publish(OPEN)
        await first.until("event", 2)
        assert next(one["data"] for one in first.heard if one["is"] == "event") == {"number": 1}
        for _ in range(3):
            hall.streams.publish(OTHER)
        late = hall.reader(OPEN, OTHER)
        await late.join(OPEN, OTHER, since=Since(hall.streams.epoch, 0))
        told = await late.until("joined")
        assert [one["data"] for one in told["events"]] == [{}, {"number": 2}]
        assert (await late.until("refused"))["why"] == "unavailable"
        assert late.connection.rooms == {OPEN}
