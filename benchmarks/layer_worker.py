"""A process with one channel layer that publishes or consumes as it is told:
`python -m benchmarks.layer_worker SPEC`, spoken to as `tests.realtime.actor` is."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from typing import Any

from tests.realtime.actor import Actor, main, make_layer


class Worker(Actor):
    def __init__(self, layer: Any) -> None:
        super().__init__(layer)
        self.consumers: list[asyncio.Task[None]] = []
        self.forget()

    def forget(self) -> None:
        self.count, self.last, self.latencies, self.faults = 0, 0, [], 0

    async def do_members(self, group: str, count: int) -> list[str]:
        """Have ``count`` consumers in a group; give their channels."""
        channels = []
        for _ in range(count):
            channel = await self.layer.new_channel()
            self.consumers.append(asyncio.ensure_future(self._consume(channel)))
            await asyncio.sleep(0)
            await self.layer.group_add(group, channel)
            channels.append(channel)
        return channels

    async def do_leave(self) -> None:
        for task in self.consumers:
            task.cancel()
        await asyncio.gather(*self.consumers, return_exceptions=True)
        self.consumers = []

    async def _consume(self, channel: str) -> None:
        newest: dict[int, int] = {}
        while True:
            message = await self.layer.receive(channel)
            now = time.monotonic_ns()
            self.count, self.last = self.count + 1, now
            self.latencies.append(now - message["at"])
            lane = message["lane"]
            # What one sender says comes in order, and once.
            if message["n"] <= newest.get(lane, -1):
                self.faults += 1
            newest[lane] = message["n"]

    async def do_reset(self) -> None:
        self.forget()

    async def do_count(self) -> int:
        return self.count

    async def do_result(self) -> dict[str, Any]:
        return {"latencies": self.latencies, "last": self.last, "faults": self.faults}

    async def do_publish(self, plan: dict[str, Any], to: list[str]) -> dict[str, Any]:
        """Publish to a group (one name) or channels, as ``plan`` says: ``senders`` at once, ``size``
        in bytes, at most ``count`` messages and ``seconds``, with ``pause`` seconds between two."""
        say = self.layer.send if plan["channels"] else self.layer.group_send
        begin = time.monotonic_ns()
        end = begin + int(plan["seconds"] * 1e9)
        sent, pad = 0, "x" * plan["size"]
        first = plan["lane"]

        async def one(lane: int) -> None:
            nonlocal sent
            while sent < plan["count"] and time.monotonic_ns() < end:
                number, sent = sent, sent + 1
                message = {"type": "m", "lane": lane, "n": number, "pad": pad}
                await say(to[number % len(to)], {**message, "at": time.monotonic_ns()})
                if plan["pause"]:
                    await asyncio.sleep(plan["pause"])

        await asyncio.gather(*(one(first + lane) for lane in range(plan["senders"])))
        return {"sent": sent, "begin": begin, "end": time.monotonic_ns()}

    async def do_connects(self, seconds: float, at_once: int) -> float:
        """Connect and disconnect as consumers do; give the number of times a second."""
        begin, done = time.monotonic(), 0

        async def one(lane: int) -> None:
            nonlocal done
            while time.monotonic() < begin + seconds:
                channel = await self.layer.new_channel()
                task = asyncio.ensure_future(self.layer.receive(channel))
                await asyncio.sleep(0)
                await self.layer.group_add(f"connects.{lane}", channel)
                await self.layer.group_discard(f"connects.{lane}", channel)
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                done += 1

        await asyncio.gather(*(one(lane) for lane in range(at_once)))
        return done / (time.monotonic() - begin)


if __name__ == "__main__":
    # Not in the loop: Django makes no tables there.
    made = make_layer(json.loads(sys.argv[1]))
    asyncio.run(main(Worker(made), os.fdopen(int(sys.argv[2]), "w")))
