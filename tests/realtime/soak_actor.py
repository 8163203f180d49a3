"""An actor that speaks at a pace for minutes, and counts what it hears without keeping it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import Any

from tests.realtime.actor import Actor, main, make_layer


class SoakActor(Actor):
    def __init__(self, layer: Any) -> None:
        super().__init__(layer)
        self.newest: dict[int, int] = {}
        self.got = self.missing = self.faults = 0
        #: When each gap was noticed, and when the layer said that it is back.
        self.gaps_at: list[float] = []
        self.resumed_at: list[float] = []
        self.listening: asyncio.Task[None] | None = None

    async def do_watch(self, group: str) -> str:
        channel: str = await self.layer.new_channel()
        await self.layer.on_resumed(lambda: self.resumed_at.append(time.monotonic()))
        self.listening = asyncio.ensure_future(self._listen(channel))
        await self.layer.group_add(group, channel)
        return channel

    async def _listen(self, channel: str) -> None:
        while True:
            message = await self.layer.receive(channel)
            if "lane" not in message:
                continue  # of the full load
            lane, number = message["lane"], message["n"]
            expected = self.newest.get(lane, -1) + 1
            self.got += 1
            if number < expected:
                self.faults += 1  # repeated, or out of order
                continue
            if number > expected:
                self.missing += number - expected
                self.gaps_at.append(time.monotonic())
            self.newest[lane] = number

    async def do_watched(self) -> dict[str, Any]:
        return {
            "got": self.got,
            "missing": self.missing,
            "faults": self.faults,
            "gaps_at": self.gaps_at,
            "resumed_at": self.resumed_at,
        }

    async def do_full_load(self, group: str, seconds: float) -> float:
        """Send as fast as 32 senders can; give the messages a second."""
        begin, sent = time.monotonic(), 0

        async def one() -> None:
            nonlocal sent
            while time.monotonic() < begin + seconds:
                await self.layer.group_send(group, {"type": "n", "pad": "x" * 150})
                sent += 1

        await asyncio.gather(*(one() for _ in range(32)))
        return sent / (time.monotonic() - begin)

    async def do_pace(self, group: str, rate: float, seconds: float) -> dict[str, Any]:
        """Send ``rate`` messages a second from 32 senders; each numbers its own."""
        begin, lanes = time.monotonic(), 32
        sent = [0] * lanes
        errors = 0

        async def one(lane: int) -> None:
            nonlocal errors
            while (now := time.monotonic()) < begin + seconds:
                due = begin + (sent[lane] + lane / lanes) * lanes / rate
                if due > now:
                    await asyncio.sleep(due - now)
                message = {"type": "n", "lane": lane, "n": sent[lane], "pad": "x" * 150}
                try:
                    await self.layer.group_send(group, message)
                except Exception:  # noqa: BLE001 - counted
                    errors += 1
                sent[lane] += 1

        await asyncio.gather(*(one(lane) for lane in range(lanes)))
        return {"sent": sum(sent), "errors": errors}


if __name__ == "__main__":
    # Not in the loop: Django makes no tables there.
    made = make_layer(json.loads(sys.argv[1]))
    asyncio.run(main(SoakActor(made), os.fdopen(int(sys.argv[2]), "w")))
