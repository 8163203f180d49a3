"""WebSocket's own rules (RFC 6455), spoken with the server as deployed.

Autobahn's suite (test_autobahn.py) runs under Python 2.7 alone, which few machines have; these are its
groups 1 to 7 by hand, as far as they concern a server that speaks text without extensions.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from django.db import connections, transaction

from realtime.streams import publish
from tests.journeys.server import psycopg_url
from tests.realtime.page import Server, in_database, page, serving
from tests.realtime.raw import BINARY, CLOSE, CONT, PING, PONG, TEXT, Raw, close, frame
from tests.realtime.stage_rooms import ThingDone, stage_rooms
from tests.realtime.test_talking import nonsense

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("realtime_alone"),
]
OPEN = "stage_open.wire"
#: Bytes of a frame (docs/realtime/limits.md); frames of one socket before it is told to go, and the
#: number of the ping that follows them.
LONGEST, AT_ONCE, MARK = 16_384, 9, 424_242
PING_TEXT = b'{"do":"ping","n":1}'
MULTIBYTE = '{"do":"ping","n":1,"é€𐍈":1}'.encode()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    name = connections["default"].settings_dict["NAME"]
    database = psycopg_url(os.environ["DATABASE_URL"], name)
    limits = ("FRAMES_PER_SECOND=100000", "FRAME_BURST=100000", "QUEUED_MESSAGES=200")
    with stage_rooms(), serving(database, tmp_path, *limits) as started:
        yield started
        said = started.says()
        assert "Traceback" not in said, said


@pytest.fixture
async def witness(server: Server) -> AsyncIterator[None]:
    """Somebody who has nothing to do with it, and hears everything meanwhile."""
    async with page(server.port) as one:
        await one.join(OPEN)
        yield
        await in_database(tell, 1)
        await one.until("event")
        assert one.of("event")[-1]["data"] == {"number": 0}


def tell(number: int) -> None:
    for one in range(number):
        with transaction.atomic():
            publish(OPEN, ThingDone(number=one))


def bytewise(text: bytes) -> list[bytes]:
    """A message in fragments of one byte each."""
    first, *middle = [bytes([byte]) for byte in text]
    return [
        frame(TEXT, first, fin=False),
        *(frame(CONT, one, fin=False) for one in middle),
        frame(CONT),
    ]


#: Each is answered by a pong of the protocol's own: the message has arrived whole.
WHOLE = {
    "one frame": [frame(TEXT, PING_TEXT)],
    "two fragments": [frame(TEXT, PING_TEXT[:5], fin=False), frame(CONT, PING_TEXT[5:])],
    "an empty first fragment": [frame(TEXT, fin=False), frame(CONT, PING_TEXT)],
    "bytes one by one": bytewise(PING_TEXT),
    "a ping within": [
        frame(TEXT, PING_TEXT[:5], fin=False),
        frame(PONG, b"unasked"),
        frame(CONT, PING_TEXT[5:]),
    ],
    "ten thousand empty fragments": [
        frame(TEXT, PING_TEXT, fin=False),
        *[frame(CONT, fin=False)] * 10_000,
        frame(CONT),
    ],
    "padding up to the limit": [frame(TEXT, PING_TEXT + b" " * (16_384 - len(PING_TEXT)))],
}
#: Each ends the socket with this code.
ENDS: dict[str, tuple[list[bytes], int]] = {
    "goodbye": ([close(1000, b"bye")], 1000),
    "goodbye of ours": ([close(4999)], 4999),
    "goodbye without a code": ([frame(CLOSE)], 1005),
    "goodbye of one byte": ([frame(CLOSE, b"\x03")], 1002),
    "goodbye not in UTF-8": ([close(1000, b"\xce\xba\xe1\xbd")], 1007),
    **{f"goodbye with {code}": ([close(code)], 1002) for code in (0, 999, 1004, 1005, 1006, 2999)},
    "a goodbye too long": ([close(1000, b"x" * 124)], 1002),
    "a goodbye within": (
        [frame(TEXT, b"{", fin=False), close(1000), frame(CONT, PING_TEXT)],
        1000,
    ),
    "frames after the goodbye": ([close(1000), frame(TEXT, PING_TEXT), frame(PING)], 1000),
    **{f"reserved bit {bit}": ([frame(TEXT, PING_TEXT, rsv=bit)], 1002) for bit in (1, 2, 4)},
    **{f"opcode {code}": ([frame(code)], 1002) for code in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    "a ping in fragments": ([frame(PING, fin=False), frame(CONT)], 1002),
    "a ping too long": ([frame(PING, b"x" * 126)], 1002),
    "no beginning": ([frame(CONT, PING_TEXT)], 1002),
    "a second beginning": ([frame(TEXT, b"{", fin=False), frame(TEXT, PING_TEXT)], 1002),
    "without a mask": ([frame(TEXT, PING_TEXT, mask=False)], 1002),
    "not UTF-8": ([frame(TEXT, b'{"\xff"}')], 1007),
    "a surrogate": ([frame(TEXT, b"\xed\xa0\x80")], 1007),
    "half a character": ([frame(TEXT, "é".encode()[:1])], 1007),
    "not UTF-8, in fragments": ([frame(TEXT, b"{", fin=False), frame(CONT, b"\xff}")], 1007),
    "over the protocol's limit": ([frame(TEXT, b"x" * 16_385)], 4413),
    "over the server's limit": ([frame(TEXT, b"x" * 65_537)], 1009),
    "over it in fragments": ([frame(TEXT, b"x" * 60_000, fin=False), frame(CONT, b"x" * 60_000)], 1009),
    "ten malformed": ([frame(TEXT, b"{")] * 10, 4400),
    "ten binary": ([frame(BINARY, PING_TEXT)] * 10, 4400),
}  # fmt: skip


async def test_whole_messages_arrive_however_they_are_cut(server: Server, witness: None) -> None:
    for name, frames in WHOLE.items():
        async with Raw(server.port) as raw:
            raw.send(*frames)
            assert await raw.message("pong") == {"is": "pong", "n": 1}, name


async def test_every_breach_ends_with_its_code(server: Server, witness: None) -> None:
    found = {}
    for name, (frames, _code) in ENDS.items():
        # A server that ends while more is on its way resets the connection, which may overtake its
        # last words: then another try shows them.
        for _try in range(5):
            async with Raw(server.port) as raw:
                raw.send(*frames)
                found[name] = await raw.ended()
            if found[name] != 1006:
                break
    assert found == {name: code for name, (_frames, code) in ENDS.items()}


async def test_characters_that_are_cut_in_two_are_read(server: Server) -> None:
    async with Raw(server.port) as raw:
        raw.send(*bytewise(MULTIBYTE))
        assert (await raw.message("error"))["why"] == "malformed"  # a field too many, well read
    async with Raw(server.port) as raw:
        for body in (b"", b"x" * 125):
            raw.send(frame(PING, body))
            opcode, answer = await raw.hear()
            while opcode == TEXT:
                opcode, answer = await raw.hear()
            assert (opcode, answer) == (PONG, body)


async def test_ten_thousand_malformed_frames_are_each_answered_and_disturb_nobody(
    server: Server, witness: None
) -> None:
    """Each is one that the server has read: it answers, and goes on answering, or ends the socket."""
    chance = random.Random(20261123)
    frames = left = 10_000
    found: Counter[str] = Counter()

    async def attack() -> None:
        nonlocal left
        while left > 0:
            left -= AT_ONCE
            found.update(await attack_once(server, chance))

    await asyncio.gather(*(attack() for _ in range(10)))
    assert found["answered"] + found["ended"] >= frames
    assert found["malformed"] > frames / 3
    codes = {int(name) for name in found if name.isdigit()}
    # Its last words may be overtaken by the reset of a connection on which more was on its way.
    assert codes <= {1000, 1002, 1006, 1007, 1009, 4400, 4413}
    assert {1002, 4400, 4413} <= codes
    print(f"{frames} malformed frames: {dict(found)}")  # noqa: T201 - what a soak shows


async def attack_once(server: Server, chance: random.Random) -> Counter[str]:
    """Send frames of which each leaves the socket open, and one that may end it; give how many were
    answered, how many of those as malformed, and how the socket ended."""
    found: Counter[str] = Counter()
    async with Raw(server.port) as raw:
        some = [wrong(chance) for _ in range(AT_ONCE - 1)]
        raw.send(*some, frame(TEXT, json.dumps({"do": "ping", "n": MARK}).encode()))
        while True:
            opcode, body = await raw.hear()
            messages = json.loads(body) if opcode == TEXT else []
            found["malformed"] += sum(one.get("why") == "malformed" for one in messages)
            if any(one == {"is": "pong", "n": MARK} for one in messages):
                break
        found["answered"] += len(some)
        with contextlib.suppress(ConnectionError):
            raw.send(*deadly(chance))
            found[str(await raw.ended())] += 1
        found["ended"] += 1
    return found


def wrong(chance: random.Random) -> bytes:
    """A frame of WebSocket's that is none of ours, and does not end the socket by itself."""
    text = nonsense(chance)
    if text is None:
        return frame(BINARY, os.urandom(chance.randrange(200)))
    return frame(TEXT, text.encode("utf-8", "replace")[:LONGEST])


def deadly(chance: random.Random) -> list[bytes]:
    """What is against WebSocket's own rules, too long, or too much: each ends the socket."""
    text = (nonsense(chance) or "").encode("utf-8", "surrogatepass")
    return [
        [frame(chance.randrange(16), text[:125], rsv=chance.randrange(1, 8))],
        [frame(TEXT, text[:100], fin=False), close(1000)],
        [b"\xff" + os.urandom(20)],
        [frame(PING, b"x" * chance.randrange(126, 200))],
        [frame(TEXT, b"\xff" + text[:100])],
        [frame(TEXT, b"x" * (LONGEST + 1))],
        [frame(TEXT, b"x" * 70_000)],
        [frame(TEXT, b"{")] * 10,
    ][chance.randrange(8)]


async def test_who_pings_or_listens_without_reading_is_cut_off_and_costs_nothing(
    server: Server, witness: None
) -> None:
    async with Raw(server.port) as warm_up:
        warm_up.send(frame(TEXT, PING_TEXT))
        await warm_up.message("pong")
    before = memory(server)
    async with contextlib.AsyncExitStack() as stack:
        readers = [await stack.enter_async_context(Raw(server.port, limit=1024)) for _ in range(20)]
        for raw in readers:
            raw.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a transport that reads
            join = {"do": "join", "rooms": [{"room": OPEN}]}
            raw.send(frame(TEXT, json.dumps(join).encode()))
        for _ in range(40):
            for raw in readers:
                raw.send(frame(PING, b"x" * 125) * 500)
            await asyncio.sleep(0.01)
        grown = memory(server) - before
    assert grown < 20_000, f"{grown} KB more"


def memory(server: Server) -> int:
    """What the process takes, in KB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1])
