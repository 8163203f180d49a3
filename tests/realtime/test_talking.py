"""What clients may say, how fast and how long; and what becomes of those who say something else."""

from __future__ import annotations

import asyncio
import json
import random
import string
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from realtime import rooms, talking
from realtime.errors import NotConnected
from realtime.events import Event
from realtime.protocol import Close
from tests.realtime.hall import CALLS, TEST_ROOMS, Hall, Writing, kind_registered, open_halls

ROOM = "test.open"


@pytest.fixture
async def halls() -> AsyncIterator[Callable[..., Hall]]:
    with open_halls() as make:
        yield make


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Event]]:
    heard: list[tuple[str, Event]] = []

    async def atransient(room: str, message: Event) -> None:
        heard.append((room, message))

    monkeypatch.setattr(talking, "atransient", atransient)
    return heard


async def test_what_is_said_reaches_the_room(
    halls: Callable[..., Hall], said: list[tuple[str, Event]]
) -> None:
    reader = halls().reader()
    await reader.do(do="join", rooms=[{"room": ROOM}])
    await reader.do(do="say", room=ROOM, kind="writing", data={"by": "A"})
    assert said == [(ROOM, Writing(by="A"))]


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        ({"room": "test.closed", "kind": "writing", "data": {"by": "A"}}, "not-joined"),
        ({"room": "nothing.1", "kind": "writing", "data": {"by": "A"}}, "not-joined"),
        ({"room": ROOM, "kind": "thing_done", "data": {"number": 1}}, "not-sayable"),
        ({"room": ROOM, "kind": "writing", "data": {}}, "not-sayable"),
    ],
)
async def test_what_cannot_be_said_is_answered_with_its_number(
    halls: Callable[..., Hall], said: list[Any], frame: dict[str, Any], why: str
) -> None:
    reader = halls().reader()
    await reader.do(do="join", rooms=[{"room": ROOM}])
    await reader.do(do="say", n=4, **frame)
    assert (await reader.until("error")) == {"is": "error", "why": why, "n": 4}
    assert said == []


async def test_a_layer_that_is_away_is_said_and_ends_nothing(
    halls: Callable[..., Hall], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(room: str, message: Event) -> None:
        raise NotConnected("PostgreSQL is away.")

    monkeypatch.setattr(talking, "atransient", away)
    reader = halls().reader()
    await reader.do(do="join", rooms=[{"room": ROOM}])
    await reader.do(do="say", room=ROOM, kind="writing", data={"by": "A"})
    assert (await reader.until("error"))["why"] == "unavailable"
    assert reader.closed == []


async def test_pings_are_answered(halls: Callable[..., Hall]) -> None:
    reader = halls().reader()
    await reader.do(do="ping", n=17)
    assert await reader.until("pong") == {"is": "pong", "n": 17}


async def test_frames_beyond_the_pace_end_the_socket(halls: Callable[..., Hall]) -> None:
    reader = halls(frames_per_second=0.001, frame_burst=3).reader()
    for number in range(5):
        await reader.do(do="ping", n=number)
    assert reader.closed == [Close.TOO_FAST]


async def test_each_room_that_is_joined_counts_for_the_pace(halls: Callable[..., Hall]) -> None:
    """Each costs questions to the database, whichever frame it came in."""
    reader = halls(frames_per_second=0.001, frame_burst=6).reader()
    await reader.do(do="join", rooms=[{"room": ROOM}] * 5)
    assert reader.closed == []
    await reader.do(do="join", rooms=[{"room": ROOM}] * 2)
    assert reader.closed == [Close.TOO_FAST]
    many = halls().reader()
    await many.do(do="join", rooms=[{"room": f"test.{number}"} for number in range(700)])
    assert many.closed == [Close.TOO_FAST]
    assert len(many.frames) <= 1


async def test_visitors_who_come_together_are_told_one_state(
    halls: Callable[..., Hall], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def snapshot(user: Any, key: str) -> dict[str, Any]:
        asked.append(user.pk)
        return {"for": user.pk}

    monkeypatch.setitem(rooms._kinds, "test", replace(TEST_ROOMS, snapshot=snapshot))
    hall = halls()
    readers = [hall.reader(pk=pk) for pk in (None, None, 1, None, 2)]
    await asyncio.gather(*(reader.join(ROOM) for reader in readers))
    for reader in readers:
        joined = await reader.until("joined")
        assert joined["snapshot"] == {"for": reader.connection.user_id}
    assert sorted(asked, key=str) == [1, 2, None]


async def test_a_fault_of_ours_is_logged_and_the_client_comes_back(
    halls: Callable[..., Hall], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def write(user: Any, key: str, data: Any) -> Event:
        raise RuntimeError("a fault")

    faulty = replace(TEST_ROOMS, said_by_clients={"writing": write})
    monkeypatch.setitem(rooms._kinds, "test", faulty)
    reader = halls().reader()
    await reader.do(do="join", rooms=[{"room": ROOM}])
    await reader.do(do="say", room=ROOM, kind="writing", data={})
    assert reader.closed == [Close.FAILED]
    assert "a fault" in caplog.text


async def test_a_frame_that_is_too_long_ends_the_socket(halls: Callable[..., Hall]) -> None:
    for text in ('{"do":"ping","n":1}' + " " * 100, '"' + "é" * 45 + '"'):
        reader = halls(frame_bytes=90).reader()
        await reader.talk.hear(text)
        assert reader.closed == [Close.TOO_LARGE]


async def test_a_few_malformed_frames_are_answered_and_many_end_the_socket(
    halls: Callable[..., Hall],
) -> None:
    reader = halls(malformed_frames=3).reader()
    await reader.talk.hear("{")
    await reader.talk.hear(None)  # a binary one
    await reader.do(do="ping", n=1)
    assert reader.closed == []
    await reader.talk.hear("[]")
    assert reader.closed == [Close.MALFORMED]
    assert reader.kinds() == ["error", "error", "pong", "error"]


async def test_rooms_that_are_none_closed_or_too_many_are_refused(
    halls: Callable[..., Hall],
) -> None:
    reader = halls(rooms_per_socket=4).reader("test.a", "test.b", "test.c")
    wanted = ("nothing.1", "revocations", "test", "test.closed", "test.a", "test.b", "test.c")
    await reader.do(do="join", rooms=[{"room": room} for room in wanted])
    await reader.until("refused", 5)
    refusals = {one["room"]: one["why"] for one in reader.heard if one["is"] == "refused"}
    assert refusals == {
        "nothing.1": "unknown",
        "revocations": "unknown",
        "test": "not-allowed",
        "test.closed": "not-allowed",
        "test.c": "too-many-rooms",
    }
    assert reader.connection.rooms == {"test.a", "test.b"}


async def test_a_database_that_does_not_answer_is_said_and_the_socket_stays(
    halls: Callable[..., Hall],
) -> None:
    hall = halls()
    hall.streams.fails = RuntimeError("away")
    reader = hall.reader()
    await reader.do(do="join", rooms=[{"room": ROOM}])
    assert (await reader.until("refused"))["why"] == "unavailable"
    assert hall.hub.rooms == {}
    hall.streams.fails = None
    await reader.do(do="join", rooms=[{"room": ROOM}])
    await reader.until("joined")


async def test_who_comes_together_is_asked_for_together(halls: Callable[..., Hall]) -> None:
    hall = halls()
    CALLS.clear()
    readers = [hall.reader("test.mine", pk=number) for number in range(200)]
    await asyncio.gather(*(reader.join(ROOM, "test.mine", "test.not") for reader in readers))
    for reader in readers:
        await reader.until("joined", 2)
        await reader.until("refused")
        states = [one["snapshot"]["for"] for one in reader.heard if one["is"] == "joined"]
        assert states == [reader.connection.user_id] * 2
    assert sum(CALLS) == 600
    assert len(CALLS) <= 3
    assert hall.streams.asked <= 3


def nonsense(chance: random.Random) -> str | None:
    """A frame as no client of ours sends it."""
    kinds = ("binary", "text", "cut", "fields", "order", "deep", "long")
    match chance.choice(kinds):
        case "binary":
            return None
        case "text":
            return "".join(chance.choices(string.printable + "é\u2028\ud800\0", k=40))
        case "cut":
            whole = json.dumps({"do": "join", "rooms": [{"room": ROOM}]})
            return whole[: chance.randrange(len(whole))]
        case "fields":
            value = chance.choice([None, 1, -1, 1.5, True, [], {}, "x", 10**30, [{}], "a" * 200])
            names = ("rooms", "room", "since", "n", "kind", "data", "user", "__class__")
            do = chance.choice(["join", "leave", "say", "ping", "dance", None])
            return json.dumps({"do": do, chance.choice(names): value})
        case "order":
            room = chance.choice([ROOM, "test.closed", "nothing.1", "test.a.b", "..", "-"])
            return chance.choice(
                [
                    json.dumps({"do": "leave", "rooms": [room]}),
                    json.dumps({"do": "say", "room": room, "kind": "writing", "data": {"by": 1}}),
                    json.dumps({"do": "join", "rooms": [{"room": room}] * 30}),
                ]
            )
        case "deep":
            return "[" * chance.randrange(5_000)
    return "x" * chance.randrange(200_000)


@pytest.mark.parametrize("seed", range(2))
async def test_ten_thousand_malformed_frames_disturb_nobody(
    halls: Callable[..., Hall], said: list[Any], caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    """Each seed sends 5,000; test_frames_on_the_wire.py sends more, over a real server."""
    chance = random.Random(seed)
    hall = halls(frames_per_second=1e6, frame_burst=10**6, malformed_frames=5)
    witness = hall.reader()
    await witness.join(ROOM)
    codes = set()
    attacker = hall.reader()
    for _ in range(5_000):
        await attacker.talk.hear(nonsense(chance))
        if attacker.closed:
            codes.update(attacker.closed)
            attacker.leave_the_page()
            attacker = hall.reader()
    assert codes == {Close.MALFORMED, Close.TOO_LARGE}
    assert not [record for record in caplog.records if record.levelname != "DEBUG"]
    hall.streams.publish(ROOM)
    await witness.until("event")
    assert witness.offsets(ROOM) == [1]
    assert len(hall.hub.connections()) == 2


async def test_a_kind_with_a_fault_harms_no_other(
    halls: Callable[..., Hall], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_given: Any) -> Any:
        raise ZeroDivisionError

    hall = halls()
    faulty = replace(TEST_ROOMS, name="faulty", allowed=broken)
    stateless = replace(TEST_ROOMS, name="stateless", snapshot=broken)
    with kind_registered(faulty), kind_registered(stateless):
        reader = hall.reader()
        await reader.do(
            do="join", rooms=[{"room": r} for r in ("faulty.open", "stateless.open", ROOM)]
        )
        await reader.until("joined")
        await reader.until("refused", 2)
    whys = {one["room"]: one["why"] for one in reader.heard if one["is"] == "refused"}
    assert whys == {"faulty.open": "not-allowed", "stateless.open": "unavailable"}
    assert reader.connection.rooms == {ROOM}
    assert [record.exc_info is not None for record in caplog.records] == [True, True]
