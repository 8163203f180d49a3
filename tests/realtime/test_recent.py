"""The newest events of rooms, in bounded memory."""

from __future__ import annotations

from realtime.reading import Stored
from realtime.recent import LARGEST_KEPT, Recent


def events(first: int, last: int, text: str = "") -> list[Stored]:
    return [Stored(n, "counted", "", {"n": n, "by": text}) for n in range(first, last + 1)]


def offsets(recent: Recent, room: str, since: int, head: int) -> list[int] | None:
    found = recent.since(room, since, head)
    return None if found is None else [event.offset for event in found]


def test_it_gives_what_is_missing_as_far_as_it_reaches() -> None:
    recent = Recent(of_a_room=5)
    recent.add("hall.1", events(1, 3))
    recent.add("hall.1", events(4, 8))
    assert offsets(recent, "hall.1", 6, 8) == [7, 8]
    assert offsets(recent, "hall.1", 3, 8) == [4, 5, 6, 7, 8]
    assert offsets(recent, "hall.1", 2, 8) is None
    assert offsets(recent, "hall.1", 8, 8) == []
    assert offsets(recent, "hall.1", 9, 8) is None
    assert offsets(recent, "hall.2", 0, 0) == []
    assert offsets(recent, "hall.2", 0, 1) is None
    # The head is known to be further than what is remembered.
    assert offsets(recent, "hall.1", 7, 9) is None


def test_a_gap_begins_anew() -> None:
    recent = Recent()
    recent.add("hall.1", events(1, 3))
    recent.add("hall.1", events(7, 8))
    assert offsets(recent, "hall.1", 2, 8) is None
    assert offsets(recent, "hall.1", 6, 8) == [7, 8]


def test_what_is_read_reaches_further_back() -> None:
    recent = Recent(of_a_room=5)
    recent.add("hall.1", events(8, 8))
    recent.prefill("hall.1", tuple(events(2, 8)), 8)
    assert offsets(recent, "hall.1", 3, 8) == [4, 5, 6, 7, 8]
    recent.prefill("hall.1", tuple(events(2, 7)), 8)
    assert offsets(recent, "hall.1", 3, 8) == [4, 5, 6, 7, 8]
    assert len(recent) == 5


def test_over_its_limit_it_forgets_the_room_that_was_used_least_recently() -> None:
    recent = Recent(most=10)
    for number in range(5):
        recent.add(f"hall.{number}", events(1, 2))
    recent.since("hall.0", 1, 2)
    recent.add("hall.5", events(1, 2))
    assert offsets(recent, "hall.1", 1, 2) is None
    assert offsets(recent, "hall.0", 1, 2) == [2]
    assert len(recent) == 10
    recent.forget("hall.0")
    assert len(recent) == 8


def test_large_events_are_left_to_the_table() -> None:
    recent = Recent()
    recent.add("hall.1", [*events(1, 2), *events(3, 3, "x" * LARGEST_KEPT), *events(4, 4)])
    assert offsets(recent, "hall.1", 2, 4) is None
    assert offsets(recent, "hall.1", 3, 4) == [4]
    assert len(recent) == 1
