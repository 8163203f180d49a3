"""What layers promise of channels that any process may ask, and of forgetting everything."""

from __future__ import annotations

import pytest

from tests.realtime.contract import SILENCE, Start, a_message
from tests.realtime.stage import Refused, Spec


@pytest.mark.parametrize("spec", ["ours", "memory", "redis-core"], indirect=True)
def test_a_workers_message_is_for_one_worker(spec: Spec, start: Start) -> None:
    actor = start(spec)
    for n in range(6):
        actor("send", channel="thumbnails", message=a_message(n))
    got = [actor("receive", channel="thumbnails") for _ in range(6)]
    assert sorted(one["n"] for one in got) == list(range(6))
    assert actor("receive", channel="thumbnails", wait=SILENCE) is None


@pytest.mark.parametrize("spec", ["ours"], indirect=True)
def test_a_full_workers_channel_says_so(spec: Spec, start: Start) -> None:
    actor = start(spec.with_config(capacity=3))
    for n in range(3):
        actor("send", channel="full.up", message=a_message(n))
    with pytest.raises(Refused, match="ChannelFull"):
        actor("send", channel="full.up", message=a_message(3))
    assert [actor("receive", channel="full.up")["n"] for _ in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("spec", ["ours", "memory", "redis-core"], indirect=True)
def test_flush_forgets_everything(spec: Spec, start: Start, room: str) -> None:
    actor = start(spec)
    channel = actor("new_channel")
    actor("group_add", group=room, channel=channel)
    actor("send", channel=channel, message=a_message())
    actor("send", channel="thumbnails", message=a_message())
    actor("flush")
    actor("group_send", group=room, message=a_message())
    assert actor("receive", channel=channel, wait=SILENCE) is None
    assert actor("receive", channel="thumbnails", wait=SILENCE) is None


@pytest.mark.parametrize("spec", ["ours"], indirect=True)
def test_what_was_said_before_a_flush_is_not_heard_after_it(
    spec: Spec, start: Start, room: str
) -> None:
    """PostgreSQL may pass on what was said later than it answers whoever flushes."""
    actor = start(spec)
    channel = actor("new_channel")
    for number in range(50):
        actor("group_add", group=room, channel=channel)
        said = [actor.later("group_send", group=room, message=a_message(number)) for _ in range(20)]
        actor("flush")
        for one in said:
            one()
        actor("group_add", group=room, channel=channel)
        actor("group_send", group=room, message=a_message(1000 + number))
        assert actor("receive", channel=channel)["n"] == 1000 + number
