"""What waits to be written to one connection: all of it is, whenever it came."""

from __future__ import annotations

import asyncio

from tests.realtime.hall import open_halls
from tests.waiting import auntil

ROOM = "test.open"


async def test_what_comes_in_the_moment_in_which_a_reader_has_caught_up_is_written() -> None:
    with open_halls() as make:
        hall = make()
        reader = hall.reader()
        await reader.join(ROOM)
        await reader.until("joined")
        reader.may_write.clear()
        hall.streams.publish(ROOM)
        await auntil(lambda: reader.connection._writer)
        reader.may_write.set()
        await asyncio.sleep(0)  # the writer has ended, and the connection is not told of it yet
        hall.streams.publish(ROOM)
        await asyncio.sleep(0)
        hall.streams.publish(ROOM)
        await reader.until("event", 3)
        assert reader.offsets(ROOM) == [1, 2, 3]
