"""Ten minutes at half of full load, and every five seconds the listener's connection is killed."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import advisory_locks, listener_of, rows_left, terminate
from tests.realtime.stage import Actor
from tests.waiting import until

#: Seconds; the last minute's memory is held against that after the first.
SECONDS, KILL_EVERY = 600.0, 5.0
#: Seconds after the layer is back in which what is missing is noticed: what has gathered is read.
NOTICED_IN = 2.0
#: Bytes.
MOST_GROWTH = 10_000_000


@pytest.mark.soak
@pytest.mark.timeout(SECONDS + 200)
def test_what_is_lost_is_what_was_said_while_a_listener_was_away(
    layer_database: str, start: Callable[..., Actor]
) -> None:
    spec = ours(layer_database, capacity=200_000)
    here, there, idle = (start(spec, program="tests.realtime.soak_actor") for _ in range(3))
    idle("watch", group="nobody")
    channel = there("watch", group="soak")
    full = here("full_load", group="soak", seconds=3.0, patience=30)
    rate = full / 2
    pacing = here.later("pace", group="soak", rate=rate, seconds=SECONDS)
    begin, kills, memory = time.monotonic(), 0, 0
    while time.monotonic() < begin + SECONDS - KILL_EVERY:
        time.sleep(KILL_EVERY)
        pid = until(lambda: listener_of(layer_database, channel))
        terminate(layer_database, pid)
        kills += 1
        until(lambda kills=kills: len(there("watched")["resumed_at"]) == kills, 5.0)
        if not memory and time.monotonic() > begin + SECONDS / 10:
            memory = there("memory") + here("memory")
    said = pacing(patience=60)
    until(lambda: _all_told(there, said["sent"]), 30)
    told, grown = there("watched"), there("memory") + here("memory") - memory
    facts = (
        f"{rate:.0f} messages/s of {full:.0f}; {said['sent']} sent, {told['got']} heard, "
        f"{told['missing']} lost in {kills} kills; memory {grown / 1e6:+.1f} MB"
    )
    print(facts)  # noqa: T201 - the figures are what a soak is for
    assert said["errors"] == 0
    assert told["faults"] == 0, "Something was repeated or out of order."
    assert there("counts")["dropped"] == 0
    # Every single message is accounted for, and nothing is missing but where a listener was away.
    assert told["got"] + told["missing"] == said["sent"]
    assert len(told["resumed_at"]) == kills
    for noticed in told["gaps_at"]:
        assert any(0 <= noticed - back < NOTICED_IN for back in told["resumed_at"])
    assert grown <= MOST_GROWTH
    assert rows_left(layer_database) == 0
    assert advisory_locks(layer_database) == 0


def _all_told(there: Actor, sent: int) -> bool:
    """Has everything come, or been missed? The end of each sender's is heard."""
    told = there("watched")
    return bool(told["got"] + told["missing"] == sent)
