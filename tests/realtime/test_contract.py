"""What every channel layer promises, asked of ours and of its peers, each in processes of its own.

A peer that fails is marked with the cause; a mark that is no longer true fails.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.realtime.contract import SILENCE, Start, a_message, across_processes, every_layer, fails
from tests.realtime.stage import Actor, Refused, Spec
from tests.waiting import until


@every_layer
@fails(
    "a process that starts reads, and deletes, what waits for others",
    "channels-postgres",
    always=False,
)
def test_what_is_sent_to_a_channel_is_received_there(spec: Spec, start: Start) -> None:
    actor = start(spec)
    channel = actor("new_channel")
    waiting = actor.later("receive", channel=channel)
    actor("send", channel=channel, message=a_message())
    assert waiting() == a_message()


@every_layer
@fails(
    "several connections send and several tasks hand on: messages overtake one another",
    "channels-postgres",
    always=False,
)
def test_messages_of_one_sender_come_in_order(spec: Spec, start: Start) -> None:
    actor = start(spec)
    channel = actor("new_channel")
    actor("collect", channel=channel)
    for n in range(50):
        actor("send", channel=channel, message=a_message(n))
    got = _heard(actor, channel, 50)
    assert [one["n"] for one in got] == list(range(50))


@every_layer
def test_channels_have_different_names(spec: Spec, start: Start) -> None:
    actor = start(spec)
    names = [actor("new_channel", prefix="own.prefix") for _ in range(20)]
    assert len(set(names)) == 20
    assert all("own.prefix" in name for name in names)


@every_layer
def test_a_group_reaches_its_members_and_nobody_else(spec: Spec, start: Start, room: str) -> None:
    actor = start(spec)
    one, two, three = (actor("new_channel") for _ in range(3))
    for channel in (one, two, three):
        actor("collect", channel=channel)
    actor("group_add", group=room, channel=one)
    actor("group_add", group=room, channel=two)
    actor("group_add", group=f"{room}.other", channel=three)
    actor("group_send", group=room, message=a_message())
    assert _heard(actor, one, 1) == [a_message()]
    assert _heard(actor, two, 1) == [a_message()]
    assert actor("collected", channel=three) == []


@every_layer
def test_who_left_a_group_hears_it_no_more(spec: Spec, start: Start, room: str) -> None:
    actor = start(spec)
    one, two = actor("new_channel"), actor("new_channel")
    for channel in (one, two):
        actor("collect", channel=channel)
        actor("group_add", group=room, channel=channel)
    actor("group_discard", group=room, channel=one)
    actor("group_discard", group=room, channel=one)
    actor("group_send", group=room, message=a_message())
    _heard(actor, two, 1)
    assert actor("collected", channel=one) == []


@every_layer
@fails("a membership is a row for each group_add", "channels-postgres", always=False)
def test_a_member_that_was_added_twice_hears_once(spec: Spec, start: Start, room: str) -> None:
    actor = start(spec)
    channel = actor("new_channel")
    actor("collect", channel=channel)
    for _ in range(2):
        actor("group_add", group=room, channel=channel)
    for n in range(3):
        actor("group_send", group=room, message=a_message(n))
    got = _heard(actor, channel, 3)
    assert [one["n"] for one in got] == [0, 1, 2]


@every_layer
def test_a_group_without_members_takes_messages_silently(spec: Spec, start: Start) -> None:
    start(spec)("group_send", group="nobody", message=a_message())


@every_layer
def test_values_of_every_kind_come_out_as_they_went_in(spec: Spec, start: Start) -> None:
    actor = start(spec)
    channel = actor("new_channel")
    values = {
        "text": "naïve ☃ \U0001f40b \u0000",
        "number": 2**53 + 1,
        "negative": -(2**40),
        "fraction": 0.1,
        "nothing": None,
        "yes": True,
        "list": [1, [2, {"three": 3}]],
        "empty": {},
        "bytes": {"$bytes": "AAECA//+"},
    }
    waiting = actor.later("receive", channel=channel)
    actor("send", channel=channel, message=a_message(**values))
    assert waiting() == a_message(**values)


@every_layer
@fails(
    "several connections send and several tasks hand on: messages overtake one another",
    "channels-postgres",
    always=False,
)
@pytest.mark.parametrize("size", [7_000, 8_000, 20_000, 100_000, 1_000_000])
def test_messages_of_any_size_arrive(size: int, spec: Spec, start: Start, room: str) -> None:
    actor = start(spec)
    channel = actor("new_channel")
    actor("collect", channel=channel)
    actor("group_add", group=room, channel=channel)
    for n in range(3):
        actor("group_send", group=room, message=a_message(n, pad="é" * (size // 2)))
        actor("group_send", group=room, message=a_message(n + 10))
    got = _heard(actor, channel, 6)
    # What follows a long message does not overtake it.
    assert [one["n"] for one in got] == [0, 10, 1, 11, 2, 12]
    assert {len(one["pad"]) for one in got[::2]} == {size // 2}


@every_layer
@fails("it checks no names", "redis-pubsub")
@pytest.mark.parametrize("name", ["", "a b", "é", "x" * 100, "a:b", "a!b!c", "a/b"])
def test_bad_names_are_refused(name: str, spec: Spec, start: Start) -> None:
    actor = start(spec)
    with pytest.raises(Refused, match="TypeError"):
        actor("send", channel=name, message=a_message())
    with pytest.raises(Refused, match="TypeError"):
        actor("group_send", group=name, message=a_message())


@every_layer
def test_a_reader_that_gave_up_takes_nothing_along(spec: Spec, start: Start) -> None:
    actor = start(spec)
    channel = actor("new_channel")
    assert actor("receive", channel=channel, wait=0.2) is None
    waiting = actor.later("receive", channel=channel)
    actor("send", channel=channel, message=a_message())
    assert waiting() == a_message()


@every_layer
@fails("a receive that was given up unsubscribes its channel", "redis-pubsub")
def test_a_full_channel_drops_and_goes_on(spec: Spec, start: Start, room: str) -> None:
    if spec.name == "channels-postgres":
        pytest.skip("channels-postgres has no capacity.")
    actor = start(spec.with_config(capacity=5))
    channel = actor("new_channel")
    actor("group_add", group=room, channel=channel)
    # Once, so that layers which subscribe at the first receive have done so.
    assert actor("receive", channel=channel, wait=0.2) is None
    other = actor("new_channel")
    actor("collect", channel=other)
    for n in range(20):
        actor("group_send", group=room, message=a_message(n))
    # What the same sender says to another channel afterwards arrives afterwards.
    actor("send", channel=other, message=a_message())
    _heard(actor, other, 1)
    got = [actor("receive", channel=channel, wait=1.0) for _ in range(5)]
    assert len([one for one in got if one]) == 5
    assert actor("receive", channel=channel, wait=SILENCE) is None
    actor("group_send", group=room, message=a_message(99))
    assert actor("receive", channel=channel)["n"] == 99


@across_processes
@fails(
    "several connections send and several tasks hand on: messages overtake one another",
    "channels-postgres",
    always=False,
)
def test_a_group_spans_processes(spec: Spec, start: Start, room: str) -> None:
    here, there = start(spec), start(spec)
    mine, theirs = here("new_channel"), there("new_channel")
    for actor, channel in ((here, mine), (there, theirs)):
        actor("collect", channel=channel)
        actor("group_add", group=room, channel=channel)
    for n in range(20):
        here("group_send", group=room, message=a_message(n))
    for actor, channel in ((here, mine), (there, theirs)):
        got = _heard(actor, channel, 20)
        assert [one["n"] for one in got] == list(range(20))


@across_processes
def test_a_channel_is_reached_from_another_process(spec: Spec, start: Start) -> None:
    here, there = start(spec), start(spec)
    channel = there("new_channel")
    there("collect", channel=channel)
    here("send", channel=channel, message=a_message())
    assert _heard(there, channel, 1) == [a_message()]


@across_processes
@fails("it adds channels of the own process alone", "redis-pubsub")
@fails(
    "a process that starts reads, and deletes, what waits for others",
    "channels-postgres",
    always=False,
)
def test_a_channel_joins_a_group_from_another_process(spec: Spec, start: Start, room: str) -> None:
    here, there = start(spec), start(spec)
    channel = there("new_channel")
    there("collect", channel=channel)
    here("group_add", group=room, channel=channel)
    here("group_send", group=room, message=a_message())
    assert _heard(there, channel, 1) == [a_message()]
    here("group_discard", group=room, channel=channel)
    here("group_send", group=room, message=a_message(2))
    here("send", channel=channel, message=a_message(3))
    assert _heard(there, channel, 2)[1] == a_message(3)


@across_processes
@fails(
    "several connections send and several tasks hand on: messages overtake one another",
    "channels-postgres",
    always=False,
)
def test_messages_to_and_from_code_that_is_not_asynchronous(
    spec: Spec, start: Start, room: str
) -> None:
    here, there = start(spec), start(spec)
    channel = there("new_channel")
    there("collect", channel=channel)
    there("group_add", group=room, channel=channel)
    here("sync_sends", group=room, count=20, patience=60)
    got = _heard(there, channel, 20)
    assert [one["n"] for one in got] == list(range(20))


def _heard(actor: Actor, channel: str, count: int) -> Any:
    """Wait until so many messages have come, and give all that have."""

    def enough() -> Any:
        got = actor("collected", channel=channel)
        return got if len(got) >= count else None

    return until(enough, actor.patience)
