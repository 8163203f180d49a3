"""Processes that publish and follow, and what stands in the table."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from tests.realtime.conftest import django_database, ours
from tests.realtime.faults.scene import asking
from tests.realtime.stage import Actor, Spec
from tests.waiting import until

PROGRAM = "tests.realtime.stream_actor"
#: (epoch, offset, number) as a follower was told, or as it stands in the table.
Told = list[tuple[str, int, int]]


def streams(address: str, **database: Any) -> Spec:
    spec = ours(address)
    settings = {**django_database(address), "ENGINE": "realtime.backend", **database}
    return Spec("streams", spec.backend, spec.config, {"default": settings}, ["realtime"])


def new_rooms(number: int = 1) -> list[str]:
    return [f"hall.{secrets.token_hex(5)}" for _ in range(number)]


def start_all(start: Callable[..., Actor], spec: Spec, number: int) -> list[Actor]:
    return [start(spec, program=PROGRAM) for _ in range(number)]


def stored(address: str, room: str) -> Told:
    with asking(address) as connection:
        return connection.execute(
            "SELECT epoch, \"offset\", (data->>'n')::int FROM realtime_event"
            " JOIN realtime_room room ON room.id = room_id WHERE name = %s ORDER BY 2",
            [room],
        ).fetchall()


def told(actor: Actor, room: str) -> Told:
    return [(epoch, offset, n) for epoch, offset, n in actor("heard", room=room)]


def assert_all_was_told(
    address: str, follower: Actor, rooms: Sequence[str], patience: float = 20.0
) -> int:
    """Wait until the follower has been told what stands in the table: each once, in order, without
    gaps. Gives how much that is."""
    total = 0
    for room in rooms:
        there = stored(address, room)
        assert [offset for _epoch, offset, _n in there] == list(range(1, len(there) + 1))
        until(lambda room=room, there=there: len(told(follower, room)) >= len(there), patience)
        assert told(follower, room) == there
        total += len(there)
    return total
