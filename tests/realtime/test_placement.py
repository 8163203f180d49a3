"""Which instance takes a connection, asked without any network."""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator
from typing import Any

import pytest

from realtime import instances, placement
from realtime.draining import draining
from realtime.placement import Answer, link_to, place, place_request, preferred
from realtime.registry import Peer
from realtime.ways import Ways


class Hub:
    def __init__(self) -> None:
        self.open = 0

    def connections(self) -> list[int]:
        return list(range(self.open))


class Me:
    machine = "m1"


class Fleet:
    """Stands for ``ThisInstance``: machine m1, and whoever else there is."""

    def __init__(self, *others: Peer, **ways: Any) -> None:
        self.me, self.hub = Me(), Hub()
        self.ways = Ways(**{"machine": "m1", "replays": True, "full_at": 10, **ways})
        self.peers = [peer("m1"), *others]


def peer(machine: str, **facts: Any) -> Peer:
    known = {"id": machine, "machine": machine, "region": "sin", "version": "1"}
    return Peer(**{**known, "is_draining": False, "sockets": 0, "silent": 1.0, **facts})


@pytest.fixture
def join(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    def is_here(fleet: Fleet | None) -> Fleet | None:
        monkeypatch.setattr(instances, "here", lambda: fleet)
        return fleet

    yield is_here
    draining.has_begun = draining.is_final = False


def asking(query: str = "", **headers: str) -> dict[str, Any]:
    pairs = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    return {"type": "websocket", "query_string": query.encode(), "headers": pairs}


def test_who_is_alone_takes_everybody(join: Any) -> None:
    join(None)
    assert place(asking()) is None
    join(Fleet())
    assert place(asking("room=book.1")) is None


@pytest.mark.parametrize("why", ["draining", "full"])
def test_who_cannot_take_more_sends_them_elsewhere_once(join: Any, why: str) -> None:
    fleet = join(Fleet(peer("m2")))
    draining.has_begun, fleet.hub.open = why == "draining", 10 if why == "full" else 0
    assert place(asking()) == Answer(why, "elsewhere=true")
    # It comes from another one that could not take it either: refused, never a loop.
    again = place(asking(fly_replay_src="instance=m2;region=sin;t=1;state="))
    assert again == Answer(why)
    assert again.status == 503
    assert dict(again.headers)[b"retry-after"].isdigit()


@pytest.mark.parametrize(
    "others",
    [
        (),
        (peer("m2", is_draining=True),),
        (peer("m2", sockets=10),),
        (peer("m2", silent=20.0),),
        (peer("m1", id="another process of this machine"),),
    ],
)
def test_nobody_is_sent_to_where_nobody_takes_them(join: Any, others: tuple[Peer, ...]) -> None:
    join(Fleet(*others))
    draining.has_begun = True
    assert place(asking()) == Answer("draining")


def test_without_an_edge_nothing_is_replayed(join: Any) -> None:
    join(Fleet(peer("m2"), replays=False, affinity="room"))
    assert place_request(asking(link_to("m2"))) is None
    assert all(place(asking(f"room=book.{n}")) is None for n in range(20))
    draining.has_begun = True
    assert place(asking()) == Answer("draining")


def test_a_process_that_ends_before_its_first_socket_takes_none(join: Any) -> None:
    join(None)
    draining.has_begun = True
    assert place(asking()) == Answer("draining")


def test_the_members_of_a_room_are_led_to_one_instance(join: Any) -> None:
    join(Fleet(peer("m2"), peer("m3"), affinity="room"))
    told = {n: place(asking(f"room=book.{n}")) for n in range(60)}
    assert {answer.replay if answer else "here" for answer in told.values()} == {
        "here",
        "prefer_instance=m2",
        "prefer_instance=m3",
    }
    # One that was led here stays, preferred or not; so does who names no room.
    away = next(n for n, answer in told.items() if answer)
    assert place(asking(f"room=book.{away}", fly_replay_src="instance=m2")) is None
    assert place(asking()) is None
    assert place(asking("room=")) is None


def test_an_address_with_many_fields_leads_nowhere(join: Any) -> None:
    join(Fleet(peer("m2"), affinity="room"))
    assert place(asking("room=book.1" + "&many=1" * 100)) is None


def test_only_the_rooms_of_one_that_went_move() -> None:
    rooms = [f"chapter.{n}" for n in range(300)]
    before = {room: preferred(room, ["m1", "m2", "m3"]) for room in rooms}
    after = {room: preferred(room, ["m3", "m1"]) for room in rooms}
    assert all(after[room] == before[room] for room in rooms if before[room] != "m2")
    assert all(60 < list(before.values()).count(one) < 140 for one in ("m1", "m2", "m3"))


def test_an_operators_link_leads_to_one_machine(join: Any) -> None:
    join(Fleet(peer("m2")))
    assert place_request(asking(link_to("m2"))) == Answer("instance", "instance=m2")
    assert place(asking(link_to("m2"))) == Answer("instance", "instance=m2")
    assert place_request(asking(link_to("m1"))) is None
    # It has been replayed and came here all the same: that machine is gone.
    assert place_request(asking(link_to("m2"), fly_replay_src="instance=m1")) == Answer("instance")


def test_nobody_leads_requests_by_writing_an_address(
    join: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(Fleet(peer("m2")))
    assert place_request(asking("instance=m2")) is None
    assert place_request(asking(link_to("m2")[:-1])) is None
    assert place_request(asking("instance=%00%ff&instance=")) is None
    assert place_request(asking("instance=" + "&many=1" * 100)) is None
    link = link_to("m2")
    monkeypatch.setattr(placement, "LINK_HOLDS", -1)
    assert place_request(asking(link)) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 409),
        ({"content_length": "1000000"}, 409),
        ({"content_length": "1000001"}, 503),
        ({"content_length": "many"}, 503),
        ({"transfer_encoding": "chunked"}, 503),
    ],
)
def test_large_bodies_are_never_replayed(join: Any, headers: dict[str, str], status: int) -> None:
    join(Fleet(peer("m2")))
    answer = place_request(asking(link_to("m2"), **headers))
    assert answer is not None
    assert answer.status == status


async def told(answer: Answer, **scope: Any) -> list[Any]:
    said: list[Any] = []

    async def send(message: Any) -> None:
        said.append(message)

    await placement.refuse_handshake(answer, scope, send)
    return said


async def test_a_handshake_is_refused_with_the_edges_header() -> None:
    answer = Answer("draining", "elsewhere=true")
    start, body = await told(answer, extensions={"websocket.http.response": {}})
    assert start["type"] == "websocket.http.response.start"
    assert (b"fly-replay", b"elsewhere=true") in start["headers"]
    assert body["type"] == "websocket.http.response.body"
    # daphne would leave the handshake hanging.
    assert await told(answer) == [{"type": "websocket.close", "code": 1008}]


def test_a_link_survives_an_address_line() -> None:
    query = urllib.parse.urlsplit(f"https://esensi.online/?{link_to('m2')}").query
    assert list(urllib.parse.parse_qs(query)) == ["instance"]
