"""Messages around the 8,000 bytes that PostgreSQL's NOTIFY takes, byte for byte: channels-postgres
1.1.4 fails at exactly 8,000. And around the size from which on a message goes through the table."""

from __future__ import annotations

from collections.abc import Callable

import msgpack
import pytest

from realtime.sender import MOST_IN_PAYLOADS
from tests.realtime.conftest import ours
from tests.realtime.faults.scene import member
from tests.realtime.stage import Actor
from tests.waiting import until


@pytest.mark.parametrize("around", [8000, MOST_IN_PAYLOADS])
@pytest.mark.parametrize("letter", ["x", "é"])
def test_every_size_arrives_whole(
    around: int, letter: str, layer_database: str, start: Callable[..., Actor]
) -> None:
    actor = start(ours(layer_database))
    channel = member(actor, "sizes")
    sent = []
    # Our own names and heads add some 60 bytes, which are passed through as well.
    for size in range(around - 90, around + 11):
        message = {"type": "n", "n": size, "pad": ""}
        room = size - len(msgpack.packb(message)) - 3
        message["pad"] = letter * (room // len(letter.encode()))
        actor("group_send", group="sizes", message=message)
        sent.append(message)
    got = until(lambda: (all_ := actor("collected", channel=channel))[len(sent) - 1 :] and all_)
    assert got == sent
