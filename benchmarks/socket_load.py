"""``python -m benchmarks.socket_load WHAT``, with facts as JSON on the first line of its input: load on
sockets from a process of its own. It says a line of JSON when it is ready, waits for a line, does what
it shall, and says a line with what it found."""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from typing import Any

from benchmarks.socket_client import Socket, dial

#: Handshakes under way at once while sockets are opened.
AT_ONCE = 50
_SENT = re.compile(rb'"sent":([0-9.]+)')
_KIND = b'"is":"transient"'


class Crowd:
    """Sockets that are in the same rooms, and what they heard."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts
        self.sockets: dict[int, Socket] = {}
        self.positions: list[dict[str, dict[str, Any]]] = [{} for _ in range(facts["number"])]
        self.joined = [0] * facts["number"]
        self.delivered = 0
        self.latencies: list[float] = []
        self.codes: list[int] = []
        self.is_counting = False

    async def open(self) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> None:
            async with gate:
                await self.enter(number)
                await self.until(lambda: self.joined[number] >= len(self.rooms(number)))

        await asyncio.gather(*(one(number) for number in range(self.facts["number"])))

    async def close(self) -> None:
        """Be gone without a word."""
        for socket in self.sockets.values():
            socket.transport.abort()
        await asyncio.sleep(0.1)

    def rooms(self, number: int) -> list[str]:
        sessions = self.facts["sessions"]
        pk = sessions[number % len(sessions)][0] if sessions else ""
        return [room.format(n=number, user=pk) for room in self.facts["rooms"]]

    async def enter(self, number: int) -> None:
        """Open one socket and join its rooms, from where it was."""
        socket = await dial(
            number, self.facts, lambda text: self.hear(number, text), self.codes.append
        )
        self.sockets[number] = socket
        self.joined[number] = 0
        known = self.positions[number]
        wanted = [
            {"room": room} | ({"since": known[room]} if room in known else {})
            for room in self.rooms(number)
        ]
        socket.say({"do": "join", "rooms": wanted})

    def hear(self, number: int, text: bytes) -> None:
        if self.is_counting and _KIND in text:
            self.delivered += text.count(_KIND)
            if number % 10 == 0:
                now = time.time()
                self.latencies += [now - float(sent) for sent in _SENT.findall(text)]
            return
        for message in json.loads(text):
            if message["is"] == "joined":
                self.joined[number] += 1
                place = {"epoch": message["epoch"], "offset": message["offset"]}
                self.positions[number][message["room"]] = place
            elif message["is"] == "event":
                self.positions[number][message["room"]]["offset"] = message["offset"]
            elif message["is"] in ("refused", "error"):
                raise AssertionError(message)

    async def until(self, condition: Any, seconds: float = 60.0) -> bool:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.005)  # a condition over thousands of sockets has no one event
        return True

    def found(self, expected: int, **more: Any) -> dict[str, Any]:
        ordered = sorted(self.latencies) or [float("inf")]
        return {
            "p50": ordered[len(ordered) // 2] * 1000,
            "p95": ordered[int(len(ordered) * 0.95)] * 1000,
            "delivered": self.delivered,
            "expected": expected,
            "codes": sorted(set(self.codes)),
            **more,
        }


async def idle(crowd: Crowd) -> dict[str, Any]:
    return {"open": len(crowd.sockets), "codes": crowd.codes}


async def one_to_all(crowd: Crowd) -> dict[str, Any]:
    """The first socket says something ten times a second."""
    crowd.is_counting, times = True, int(crowd.facts["seconds"] * 10)
    for _ in range(times):
        _talk(crowd, 0)
        await asyncio.sleep(0.1)
    expected = times * len(crowd.sockets)
    await crowd.until(lambda: crowd.delivered >= expected, 5)
    return crowd.found(expected)


async def all_to_all(crowd: Crowd) -> dict[str, Any]:
    """Each socket says something once a second, at a moment of its own."""
    crowd.is_counting, seconds = True, crowd.facts["seconds"]

    async def talker(number: int) -> None:
        await asyncio.sleep(random.random())
        for _ in range(seconds):
            _talk(crowd, number)
            await asyncio.sleep(1)

    await asyncio.gather(*(talker(number) for number in crowd.sockets))
    expected = seconds * len(crowd.sockets) ** 2
    await crowd.until(lambda: crowd.delivered >= expected, 5)
    return crowd.found(expected)


async def storm(crowd: Crowd) -> dict[str, Any]:
    """All are cut off at once; something happens; each comes back at a moment of its own within the
    jitter, and has everything."""
    number, room = len(crowd.sockets), crowd.facts["rooms"][0]
    for socket in crowd.sockets.values():
        socket.transport.abort()
    print(json.dumps({"cut": number}), flush=True)
    # What happened meanwhile: events up to this offset of the first room.
    last = json.loads(await asyncio.to_thread(sys.stdin.readline))["offset"]
    begun = time.monotonic()

    async def back(one: int) -> None:
        await asyncio.sleep(random.random() * crowd.facts["jitter"])
        while True:
            try:
                await crowd.enter(one)
                break
            except OSError:
                await asyncio.sleep(random.random())

    await asyncio.gather(*(back(one) for one in range(number)))
    rooms = len(crowd.facts["rooms"])
    all_back = await crowd.until(
        lambda: all(
            crowd.joined[one] >= rooms and crowd.positions[one][room]["offset"] >= last
            for one in range(number)
        )
    )
    return {"seconds": time.monotonic() - begun, "all": all_back, "codes": sorted(set(crowd.codes))}


def _talk(crowd: Crowd, number: int) -> None:
    room = crowd.rooms(number)[0]
    said = {"do": "say", "room": room, "kind": "talk", "data": {"sent": time.time()}}
    crowd.sockets[number].say(said)


async def main(what: str) -> None:
    crowd = Crowd(json.loads(sys.stdin.readline()))
    begun = time.monotonic()
    await crowd.open()
    print(json.dumps({"opened_in": time.monotonic() - begun}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(json.dumps(await globals()[what](crowd)), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
