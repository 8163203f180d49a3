"""Publishers and followers in many processes, some of which die: nothing that was committed is lost,
repeated or out of order, and nothing else is told."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.realtime.faults.scene import asking, backends, terminate
from tests.realtime.faults.streams_scene import (
    PROGRAM,
    assert_all_was_told,
    new_rooms,
    start_all,
    stored,
    streams,
    told,
)
from tests.realtime.stage import Actor, Ended
from tests.waiting import until

WRITERS, TRANSACTIONS = 8, 60


def test_eight_processes_publish_to_any_rooms_in_any_order(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    """With savepoints and transactions that are rolled back; a deadlock would be an error."""
    many(layer_database, start, WRITERS, TRANSACTIONS)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_eight_processes_publish_for_a_long_time(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    many(layer_database, start, WRITERS, 3_000)


def many(address: str, start: Callable[..., Actor], writers: int, transactions: int) -> None:
    spec, rooms = streams(address), new_rooms(5)
    follower, late, *publishers = start_all(start, spec, writers + 2)
    follower("follow", rooms=rooms)
    asked = [
        one.later(
            "publish",
            rooms=rooms,
            count=transactions,
            first=1_000_000 * place,
            chaos=True,
            threads=2,
        )
        for place, one in enumerate(publishers)
    ]
    # Somebody who comes in the middle hears the rest.
    until(lambda: len(stored(address, rooms[0])) > 5)
    place = late("follow", rooms=rooms)
    committed = [tuple(one) for answer in asked for one in answer(patience=600)]
    total = assert_all_was_told(address, follower, rooms)
    assert sorted(committed) == sorted(
        (room, n) for room in rooms for *_, n in stored(address, room)
    )
    for room, (_epoch, offset) in zip(rooms, place, strict=True):
        rest = stored(address, room)[offset:]
        until(lambda room=room, rest=rest: len(told(late, room)) >= len(rest))
        assert told(late, room) == rest
    print(f"{total} events by {2 * writers} threads: {follower('counts_of_feed')}")  # noqa: T201 - what a soak shows


def test_an_event_whose_publisher_dies_before_the_wake_up_is_found(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec, rooms = streams(layer_database), new_rooms()
    follower, *publishers = start_all(start, spec, 4)
    follower("follow", rooms=rooms, look_every=0.5)
    for number, one in enumerate(publishers):
        with pytest.raises(Ended):
            one("publish_until_killed", room=rooms[0], first=number)
    assert assert_all_was_told(layer_database, follower, rooms, 5.0) == 3


def test_publishers_that_are_killed_leave_no_gap(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec, rooms = streams(layer_database), new_rooms(3)
    follower, survivor, *victims = start_all(start, spec, 5)
    follower("follow", rooms=rooms, look_every=0.5)
    for place, one in enumerate([survivor, *victims]):
        one.later("publish", rooms=rooms, count=10_000, first=10_000 * place, chaos=True, threads=3)
    for victim in victims:
        before = len(stored(layer_database, rooms[0]))
        until(lambda before=before: len(stored(layer_database, rooms[0])) > before + 20)
        victim.kill()
    before = len(stored(layer_database, rooms[0]))
    until(lambda: len(stored(layer_database, rooms[0])) > before + 20)
    survivor.kill()
    until(lambda: not _writing(layer_database))
    assert assert_all_was_told(layer_database, follower, rooms, 10.0) > 60


def _writing(address: str) -> bool:
    """Does a server's process still work for somebody who was killed?"""
    with asking(address) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state <> 'idle'"
        ).fetchone()
    return found is None or found[0] > 0


def test_a_follower_who_hears_nothing_looks(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec, rooms = streams(layer_database), new_rooms(2)
    follower, publisher = start_all(start, spec, 2)
    follower("follow", rooms=rooms, look_every=0.5)
    follower("deafen")
    publisher("publish", rooms=rooms, count=700, threads=4, chaos=True)
    # More than one reading takes.
    assert assert_all_was_told(layer_database, follower, rooms, 10.0) > 600


def test_connections_of_followers_are_cut_while_events_flow(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec, rooms = streams(layer_database), new_rooms(2)
    follower, publisher = start_all(start, spec, 2)
    follower("follow", rooms=rooms)
    publisher("follow", rooms=new_rooms())  # its wake-ups go by its event loop
    flowing = publisher.later("publish", rooms=rooms, count=400, threads=2, pause=0.01)
    for _ in range(4):
        for pid in backends(layer_database, "realtime "):
            terminate(layer_database, pid)
        time.sleep(0.3)
    flowing(patience=60)
    assert assert_all_was_told(layer_database, follower, rooms, 10.0) == 400


def test_a_short_lived_process_wakes_followers_at_once(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    """A command has no event loop: its own connection carries the wake-up."""
    spec, rooms = streams(layer_database), new_rooms(3)
    follower, command = start_all(start, spec, 2)
    follower("follow", rooms=rooms, look_every=600)
    command("publish", rooms=rooms, count=1, chaos=False)
    command("publish", rooms=rooms, count=20, first=1, chaos=True)
    command("apublish", room=rooms[0], n=77)
    command("transient", room=rooms[0], hand="left")
    assert assert_all_was_told(layer_database, follower, rooms) > 20
    until(lambda: follower("waved") == [[rooms[0], "left"]])
    assert len(backends(layer_database, "realtime listener")) == 1


def test_deferred_constraints_are_checked_before_rooms_are_locked(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    """A holds the room and, at its commit, waits for a row that B holds, who waits for the room: that
    would be a deadlock. So A checks before it takes the room."""
    spec, rooms = streams(layer_database), new_rooms()
    follower, one, two = start_all(start, spec, 3)
    follower("follow", rooms=rooms)
    with asking(layer_database) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS parent (id int PRIMARY KEY);"
            "CREATE TABLE IF NOT EXISTS child (parent_id int REFERENCES parent DEFERRABLE INITIALLY"
            " DEFERRED); INSERT INTO parent VALUES (1) ON CONFLICT DO NOTHING"
        )
    asked = [
        one.later("refer", room=rooms[0], count=60, program="refer"),
        two.later("refer", room=rooms[0], count=60, program="hold"),
    ]
    for answer in asked:
        answer(patience=60)
    assert assert_all_was_told(layer_database, follower, rooms) == 120


def test_a_follower_in_a_pool_of_connections(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    pool = {"min_size": 0, "max_size": 2, "timeout": 10}
    spec = streams(layer_database, OPTIONS={"pool": pool}, CONN_HEALTH_CHECKS=True)
    rooms = new_rooms(2)
    follower, publisher = (start(spec, program=PROGRAM) for _ in range(2))
    follower("follow", rooms=rooms)
    publisher("publish", rooms=rooms, count=100, threads=4, chaos=True)
    assert assert_all_was_told(layer_database, follower, rooms) > 80
