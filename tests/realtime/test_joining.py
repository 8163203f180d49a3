"""The way into rooms, where one of several cannot be followed."""

from __future__ import annotations

import asyncio

import pytest
from django.db import DatabaseError

from realtime.feed import Follower
from realtime.reading import Position
from tests.realtime.hall import Streams, open_halls
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
