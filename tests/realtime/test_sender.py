"""What is said in one moment leaves in one statement."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from realtime.link import Link
from realtime.sender import Sender


def test_what_is_said_together_is_one_statement(layer_database: str) -> None:
    async def run() -> None:
        async def connect(lost: Callable[[], None]) -> Link:
            return await Link.connect(
                layer_database,
                name="realtime test",
                on_notify=lambda _channel, _text: None,
                on_lost=lost,
            )

        sender = Sender("0123456789ab", connect)
        try:
            await asyncio.wait_for(sender.say(b"nobody", b"to connect"), 20)
            before = sender.statements
            with sender.together():
                said = [sender.say(b"nobody", b"%d" % number) for number in range(50)]
                assert sender.statements == before
            await asyncio.wait_for(asyncio.gather(*said), 20)
            assert sender.statements == before + 1
        finally:
            sender.close()

    asyncio.run(run())
