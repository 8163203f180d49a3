"""PostgreSQL restarts under load: one of its processes is killed, so that it ends all others and
recovers, or its operator stops it in each of the three ways that there are and starts it again.
channels-postgres 1.1.4 was deaf for ever afterwards."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from esensi import postgres
from realtime.sender import PATIENCE
from tests.realtime.conftest import ours
from tests.realtime.faults.ending import assert_nothing_is_left
from tests.realtime.faults.scene import (
    assert_in_order_and_once,
    backends,
    gaps,
    hears,
    listener_of,
    member,
    numbers,
)
from tests.realtime.faults.server import Server
from tests.realtime.stage import Actor, stage
from tests.waiting import until

#: Seconds after the server is back: 5, and three times as long beside other tests.
BACK_IN = 15.0
#: The group in which something is said when it is back.
AFTERWARDS = "restart.afterwards"


@pytest.fixture
def server() -> Iterator[Server]:
    """Set up before actors start, so that it looks when all of them have ended."""
    with postgres.throwaway() as address:
        with stage() as start_actor:
            start_actor(ours(address), migrate=True)
        server = Server(address)
        try:
            yield server
            assert_nothing_is_left(address)
        finally:
            server.close()


def it_goes_on(
    here: Actor, there: Actor, channels: list[str], streaming: Callable[..., Any]
) -> dict[str, Any]:
    """Assert, from when the server is back: what is said is heard soon; of the stream there is one gap,
    where the server ended, and nothing before and after it is missing. Gives what was said."""
    channel, afterwards = channels
    back = time.monotonic()
    until(lambda: there("resumed") == 1, BACK_IN, every=0.02)
    here("burst", group=AFTERWARDS, first=0, count=1)
    hears(there, afterwards, 0, BACK_IN)
    assert time.monotonic() - back <= BACK_IN
    said: dict[str, Any] = streaming(patience=60)
    hears(there, channel, said["sent"][-1], BACK_IN)
    got = numbers(there, channel)
    assert_in_order_and_once(got)
    assert len(gaps(got)) <= 1
    assert {error for _number, error in said["failed"]} <= {"NotConnected"}
    return said


def test_it_is_heard_again_and_publishers_are_told(
    server: Server, start: Callable[..., Actor]
) -> None:
    spec = ours(server.address, capacity=100_000)
    here, there = start(spec), start(spec)
    channel, afterwards = member(there, "restart"), member(there, AFTERWARDS)
    there("watch_resumed")
    streaming = here.later("stream", group="restart", every=0.005, seconds=6)
    hears(there, channel, 50, BACK_IN)
    pid = until(lambda: listener_of(server.address, channel))
    try:
        os.kill(pid, signal.SIGKILL)
    except PermissionError:
        pytest.skip("The server's processes are another account's here.")
    until(server.answers, 60)
    it_goes_on(here, there, [channel, afterwards], streaming)
    # Unlogged tables are empty after a crash, and whole.
    here("send", channel="after.restart", message={"type": "n", "n": 1})
    assert there("receive", channel="after.restart")["n"] == 1


@pytest.mark.parametrize(
    ("signals", "keeps"),
    [
        pytest.param([signal.SIGINT], True, id="fast"),
        pytest.param([signal.SIGTERM, signal.SIGINT], True, id="smart, which waits for us"),
        pytest.param([signal.SIGQUIT], False, id="immediate"),
    ],
)
def test_an_operator_restarts_it(
    signals: list[signal.Signals], keeps: bool, server: Server, start: Callable[..., Actor]
) -> None:
    """``keeps``: what waits for workers has outlived it."""
    spec = ours(server.address, capacity=100_000)
    here, there = start(spec), start(spec)
    channel, afterwards = member(there, "restart"), member(there, AFTERWARDS)
    there("watch_resumed")
    streaming = here.later("stream", group="restart", every=0.005, seconds=4)
    hears(there, channel, 20, BACK_IN)
    here("send", channel="waits", message={"type": "n", "n": 1, "pad": "x" * 100_000})
    before = backends(server.address, "realtime ")
    for number in signals:
        # After a smart one, which takes no new connections, ours go on.
        hears(there, channel, numbers(there, channel)[-1] + 20, BACK_IN)
        server.signal(number)
    server.wait_until_stopped()
    server.start()
    said = it_goes_on(here, there, [channel, afterwards], streaming)
    assert len(said["failed"]) <= 1, "What had not left waits for the connection to come back."
    kept = there("receive", channel="waits", wait=BACK_IN if keeps else 0.5)
    assert (kept is not None) == keeps
    assert len(backends(server.address, "realtime ")) <= len(before) + 1


def test_publishers_are_told_when_it_stays_away(
    server: Server, start: Callable[..., Actor]
) -> None:
    """They wait as long as a restart takes, then each is told at once; afterwards all is well."""
    here = start(ours(server.address))
    channel = member(here, "away")
    here("burst", group="away", first=0, count=3)
    hears(here, channel, 2, BACK_IN)
    server.signal(signal.SIGINT)
    server.wait_until_stopped()
    told = here("burst", group="away", first=3, count=20, patience=PATIENCE + 5)
    assert told["sent"] == 0
    assert all("NotConnected: PostgreSQL cannot be reached" in one for one in told["errors"])
    server.start()
    until(lambda: here("counts")["reconnects"] == 1, BACK_IN)
    until(lambda: here("burst", group="away", first=100, count=1)["sent"] == 1, BACK_IN)
    hears(here, channel, 100, BACK_IN)
    assert numbers(here, channel) == [0, 1, 2, 100]
