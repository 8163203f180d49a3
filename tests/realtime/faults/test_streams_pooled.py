"""Publishers behind a pool of transactions, as many databases are offered; who listens has the direct
address."""

from __future__ import annotations

from collections.abc import Callable

from psycopg.conninfo import make_conninfo

from tests.realtime.faults.streams_scene import (
    PROGRAM,
    assert_all_was_told,
    new_rooms,
    streams,
)
from tests.realtime.faults.test_pgbouncer import pgbouncer
from tests.realtime.stage import Actor


def test_publishers_and_readings_go_through_a_pool_of_transactions(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    rooms = new_rooms(3)
    with pgbouncer(layer_database, "transaction") as address:
        pooled = streams(make_conninfo(address)).with_config(conninfo=layer_database)
        follower = start(pooled, program=PROGRAM)
        follower("follow", rooms=rooms)
        publishers = [start(pooled, program=PROGRAM) for _ in range(3)]
        asked = [
            one.later("publish", rooms=rooms, count=60, first=1000 * place, chaos=True, threads=4)
            for place, one in enumerate(publishers)
        ]
        for answer in asked:
            answer(patience=60)
        assert assert_all_was_told(layer_database, follower, rooms) > 150
