"""A feed in a process of its own: catching up, from memory and from the table, and beginning anew."""

from __future__ import annotations

from collections.abc import Callable

from tests.realtime.faults.scene import asking
from tests.realtime.faults.streams_scene import new_rooms, start_all, stored, streams, told
from tests.realtime.stage import Actor, Spec
from tests.waiting import until


def test_who_comes_back_is_served_from_memory(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    rooms = new_rooms(3)
    follower, publisher = start_all(start, streams(layer_database), 2)
    follower("follow", rooms=rooms, look_every=600)
    publisher("publish", rooms=rooms[:1], count=30)
    until(lambda: len(told(follower, rooms[0])) == 30)
    epoch = stored(layer_database, rooms[0])[0][0]
    before = follower("counts_of_feed")["statements"]
    (one, two, three) = follower(
        "catch_up",
        asks=[[rooms[0], [epoch, 27]], [rooms[1], ["", 0]], [rooms[0], None]],
    )
    assert one == [rooms[0], [epoch, 30], True, [28, 29, 30]]
    assert two == [rooms[1], ["", 0], True, []]
    assert three == [rooms[0], [epoch, 30], False, []]
    assert follower("counts_of_feed")["statements"] == before


def test_who_was_away_before_the_process_began_is_served_from_the_table_once(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    rooms = new_rooms(2)
    follower, publisher = start_all(start, streams(layer_database), 2)
    publisher("publish", rooms=rooms[:1], count=300)
    (epoch, *_), *_ = stored(layer_database, rooms[0])
    follower("follow", rooms=rooms, look_every=600)
    before = follower("counts_of_feed")["statements"]
    crowd = [[rooms[0], [epoch, 295 - number % 20]] for number in range(200)]
    answers = follower("catch_up", asks=crowd)
    assert all(recovered for _room, _place, recovered, _offsets in answers)
    assert [len(offsets) for *_, offsets in answers] == [5 + number % 20 for number in range(200)]
    # All of it in one statement, and none for those who come later.
    follower("catch_up", asks=crowd)
    assert follower("counts_of_feed")["statements"] == before + 1
    # Too far back, another epoch.
    answers = follower("catch_up", asks=[[rooms[0], ["another", 3]], [rooms[0], [epoch, 500]]])
    assert [recovered for _room, _place, recovered, _offsets in answers] == [False, False]


def test_a_restored_backup_begins_anew(layer_database: str, start: Callable[..., Actor]) -> None:
    rooms = new_rooms()
    follower, publisher = start_all(start, streams(layer_database), 2)
    follower("follow", rooms=rooms, look_every=0.3)
    publisher("publish", rooms=rooms, count=10)
    until(lambda: len(told(follower, rooms[0])) == 10)
    with asking(layer_database) as connection:
        connection.execute(
            "UPDATE realtime_room SET head = 4, epoch = 'restored' WHERE name = %s", rooms
        )
        connection.execute(
            'DELETE FROM realtime_event WHERE "offset" > 4 AND room_id ='
            " (SELECT id FROM realtime_room WHERE name = %s)",
            rooms,
        )
    until(lambda: follower("restarts") == [[rooms[0], "restored"]])
    publisher("publish", rooms=rooms, count=2, first=100)
    until(lambda: told(follower, rooms[0])[10:] == [("restored", 5, 100), ("restored", 6, 101)])


def test_what_was_pruned_while_nobody_was_told_begins_anew(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    rooms = new_rooms()
    follower, publisher = start_all(start, streams(layer_database), 2)
    follower("follow", rooms=rooms, look_every=600)
    publisher("publish", rooms=rooms, count=2)
    until(lambda: len(told(follower, rooms[0])) == 2)
    follower.suspend()
    publisher("mute")
    publisher("publish", rooms=rooms, count=8, first=2)
    with asking(layer_database) as connection:
        connection.execute(
            'DELETE FROM realtime_event WHERE "offset" < 7 AND room_id ='
            " (SELECT id FROM realtime_room WHERE name = %s)",
            rooms,
        )
    follower.resume()
    follower("look")
    until(lambda: len(follower("restarts")) == 1)
    assert len(told(follower, rooms[0])) == 2


def test_a_room_is_remembered_for_a_while_after_its_last_follower(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    rooms = new_rooms()
    follower, publisher = start_all(start, streams(layer_database), 2)
    follower("follow", rooms=rooms, look_every=0.2, linger=0.5)
    follower("unfollow", rooms=rooms)
    publisher("publish", rooms=rooms, count=1)
    assert follower("known") == rooms
    assert told(follower, rooms[0]) == []
    until(lambda: follower("known") == [])
    # And it begins again where the stream is then.
    ((epoch, offset),) = follower("follow", rooms=rooms)
    assert (epoch, offset) == (stored(layer_database, rooms[0])[0][0], 1)


def test_a_table_that_cannot_be_read_is_an_error_for_who_asks_and_nobody_else(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    rooms = new_rooms(2)
    follower, publisher = start_all(start, streams(layer_database), 2)
    follower("follow", rooms=rooms[:1], look_every=0.3)
    with asking(layer_database) as connection:
        connection.execute("ALTER TABLE realtime_room RENAME TO away")
        try:
            assert "ProgrammingError" in follower("refused", rooms=rooms[1:])
        finally:
            connection.execute("ALTER TABLE away RENAME TO realtime_room")
    publisher("publish", rooms=rooms, count=8)
    until(lambda: len(told(follower, rooms[0])) == len(stored(layer_database, rooms[0])))
    follower("follow", rooms=rooms[1:])


def test_many_rooms_may_be_told_of_at_once(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    """Their wake-ups come in few payloads, more than a layer's channel holds by default."""
    rooms = new_rooms(900)
    spec = streams(layer_database).with_config(capacity=100)
    follower, publisher = start_all(start, spec, 2)
    publisher("follow", rooms=rooms[:1], look_every=600)
    follower("follow", rooms=rooms, look_every=600)
    publisher("publish_to_all", rooms=rooms)
    until(lambda: follower("number_heard") == 900)
    publisher("unfollow", rooms=rooms[:1])
    assert follower("counts")["dropped"] == 0


def test_with_another_layer_the_look_at_the_heads_finds_what_was_published(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    ours = streams(layer_database)
    memory = Spec("memory", "channels.layers.InMemoryChannelLayer", {}, ours.databases, ours.apps)
    rooms = new_rooms()
    follower, publisher = start_all(start, memory, 2)
    follower("follow", rooms=rooms, look_every=0.3)
    publisher("publish", rooms=rooms, count=3)
    until(lambda: len(told(follower, rooms[0])) == 3)
    # Within one process its wake-ups come as any.
    publisher("follow", rooms=rooms, look_every=600)
    publisher("publish", rooms=rooms, count=2, first=3)
    until(lambda: len(told(publisher, rooms[0])) == 2)
