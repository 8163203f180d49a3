"""What a process makes of wake-ups and readings in any order: each event once, in order, no gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.followed import NOTHING, Followed, Next, Question
from realtime.reading import NOTHING_YET, Position, Reading, Stored

LENGTH = 12
#: How many events one reading gives at most.
PAGE = 5


def event(offset: int) -> Stored:
    return Stored(offset, "counted", "2026-11-23T20:00:00Z", {"n": offset})


class Table:
    """A stream as it stands: what was published, and what was pruned."""

    def __init__(self, epoch: str = "e") -> None:
        self.epoch, self.head, self.pruned = epoch, 0, 0

    def read(self, position: Position | None) -> Reading:
        if not self.head:
            return Reading("hall.1", 0, "", 0, ())
        since = self.head if position is None else position.offset
        if position is not None and position.epoch not in ("", self.epoch):
            since = self.head
        first = max(since, self.pruned) + 1
        events = tuple(event(offset) for offset in range(first, self.head + 1))[:PAGE]
        return Reading("hall.1", 7, self.epoch, self.head, events)


class Told:
    """A follower's notes."""

    def __init__(self, one: Followed) -> None:
        self.one = one
        self.at: int | None = None
        self.restarts = 0

    def take(self, told: Next) -> None:
        if told.restarted:
            self.restarts, self.at = self.restarts + 1, None
        for one in told.events:
            assert self.at is None or one.offset == self.at + 1, "a gap, or a repetition"
            self.at = one.offset
        if self.one.is_known:
            assert self.at in (None, self.one.position.offset)
            self.at = self.one.position.offset


steps = st.one_of(
    st.tuples(st.just("publish"), st.integers(1, 3)),
    # A wake-up: how far back, how many events, and whether they are in it.
    st.tuples(st.just("hear"), st.integers(0, LENGTH), st.integers(1, 3), st.booleans()),
    st.tuples(st.just("ask")),
    st.tuples(st.just("answer")),
)


#: What makes streams begin anew: a new epoch, whose offsets go on or begin before, and pruning.
breaks = st.one_of(
    st.tuples(st.just("renew"), st.integers(0, LENGTH)),
    st.tuples(st.just("prune"), st.integers(1, LENGTH)),
)
Script = Sequence[tuple[Any, ...]]


@settings(max_examples=500, deadline=None)
@given(st.lists(steps, max_size=60))
def test_wake_ups_and_readings_in_any_order(script: Script) -> None:
    """Readings may be old when they arrive; wake-ups may be lost, late, and repeated."""
    assert _play(script).restarts == 0


@settings(max_examples=500, deadline=None)
@given(st.lists(st.one_of(steps, steps, steps, breaks), max_size=60))
def test_streams_that_begin_anew_are_told_in_order_too(script: Script) -> None:
    _play(script)


def _play(script: Script) -> Told:
    table, one = Table(), Followed("hall.1")
    notes, asked = Told(one), list[tuple[Question, Reading]]()
    for step, *words in script:
        if step == "publish":
            table.head += words[0]
        elif step == "hear" and table.head:
            back, number, inline = words
            first = max(1, table.head - back)
            events = [event(at) for at in range(first, min(first + number, table.head + 1))]
            notes.take(one.hear(table.epoch, events[-1].offset, events if inline else ()))
        elif step == "ask":
            question = one.question()
            asked.append((question, table.read(question.position)))
        elif step == "answer" and asked:
            notes.take(one.read(*asked.pop(0)))
        elif step == "renew" and table.head:
            table.epoch, table.pruned = f"{table.epoch}'", 0
            table.head = max(1, table.head - words[0])
        elif step == "prune" and table.head:
            table.pruned = min(table.head, table.pruned + words[0])
    _catch_up(one, table, notes)
    assert one.position == (Position(table.epoch, table.head) if table.head else NOTHING_YET)
    return notes


def _catch_up(one: Followed, table: Table, notes: Told) -> None:
    """Look at the head, and read until nothing is lacking."""
    if one.is_known and table.head:
        notes.take(one.hear(table.epoch, table.head))
    for _ in range(2 * LENGTH * 10):
        if not one.lacks:
            return
        question = one.question()
        notes.take(one.read(question, table.read(question.position)))
    raise AssertionError("It lacks something for ever.")


def known(at: int, epoch: str = "e") -> Followed:
    one = Followed("hall.1")
    one.read(one.question(), Reading("hall.1", 7, epoch, at, ()))
    return one


def test_another_epoch_begins_anew() -> None:
    one, table = known(5), Table("f")
    table.head = 3
    assert one.hear("f", 3, [event(3)]) == NOTHING
    assert one.lacks
    question = one.question()
    assert one.read(question, table.read(question.position)) == Next(True, [])
    assert one.position == Position("f", 3)
    assert not one.lacks
    assert one.hear("f", 4, [event(4)]).events == [event(4)]


def test_a_wake_up_of_a_former_epoch_changes_nothing() -> None:
    one, table = known(5), Table()
    table.head = 5
    one.hear("before", 9, [event(9)])
    question = one.question()
    told = one.read(question, table.read(question.position))
    assert (told.restarted, len(told.events)) == (False, 0)
    assert (one.position, one.lacks) == (Position("e", 5), False)
    assert one.hear("e", 6, [event(6)]).events == [event(6)]


def test_what_was_pruned_meanwhile_begins_anew() -> None:
    one, table = known(5), Table()
    table.head, table.pruned = 20, 9
    question = one.question()
    assert one.read(question, table.read(question.position)).restarted
    assert one.position == Position("e", 20)


def test_a_stream_that_has_lost_its_end_begins_anew() -> None:
    """A backup was restored, and nobody ran new_epochs."""
    one, table = known(5), Table()
    table.head = 3
    question = one.question()
    assert one.read(question, table.read(question.position)).restarted
    assert one.position == Position("e", 3)


def test_a_room_that_is_gone_begins_anew() -> None:
    one, table = known(5), Table()
    question = one.question()
    assert one.read(question, table.read(question.position)).restarted
    assert one.position == NOTHING_YET
    table.epoch = "f"
    assert one.hear("f", 1, [event(1)]).events == [event(1)]


def test_a_wake_up_that_claims_too_much_is_asked_about_once() -> None:
    one, table = known(5), Table()
    table.head = 5
    one.hear("e", 50, ())
    assert one.lacks
    question = one.question()
    one.read(question, table.read(question.position))
    assert not one.lacks


def test_the_first_event_of_a_room_may_come_while_it_is_read() -> None:
    one = Followed("hall.1")
    question = one.question()
    one.hear("e", 1, [event(1)])
    told = one.read(question, Reading("hall.1", 0, "", 0, ()))
    assert told.events == [event(1)]
    assert one.position == Position("e", 1)


def test_more_than_can_wait_is_read() -> None:
    one = known(0)
    for offset in range(2, 1000):
        one.hear("e", offset, [event(offset)])
    assert len(one._ahead) <= 500
    assert one.lacks
