"""Two thousand sockets are cut at once and come back within three seconds, while events go on."""

from __future__ import annotations

from benchmarks.harness import Figure, Row, at_most
from benchmarks.socket_house import socket_house
from benchmarks.sockets import LIMITS, PAGE

REPEATS = 3
SOCKETS = 2_000
JITTER = 3.0  # seconds
BACK_TARGET = 5.0  # seconds
#: Round trips to the database for each socket that comes back, of the whole house.
TRIPS_TARGET = 0.1
#: Events that all of them miss.
MISSED = 20


def rows() -> list[Row]:
    seconds, trips = [], []
    with socket_house(*LIMITS) as house:
        for turn in range(REPEATS):
            rooms = [f"stage_open.storm{turn}", *PAGE[:2]]
            with house.load("storm", number=SOCKETS, rooms=rooms, jitter=JITTER) as load:
                load.run()
                offset = house.publish(rooms[0], MISSED)
                before = house.transactions
                load.say({"offset": offset})
                found = load.hear()
                assert found["all"], found
                seconds.append(found["seconds"])
                trips.append((house.transactions - before) / SOCKETS)
    back, each = Figure.of(seconds, "s"), Figure.of(trips, "transactions a socket")
    question = f"{SOCKETS} sockets cut at once, jitter {JITTER:.0f} s"
    return [
        Row(f"{question}: all back", back, None, "≤ 5 s", at_most(back, BACK_TARGET)),
        Row(f"{question}: database", each, None, "≤ 0.1", at_most(each, TRIPS_TARGET)),
    ]
