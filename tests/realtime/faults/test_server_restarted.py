"""PostgreSQL restarts under load: one of its processes is killed, so that it ends all others and
recovers. channels-postgres 1.1.4 was deaf for ever afterwards."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from esensi import postgres
from tests.realtime.conftest import ours
from tests.realtime.faults.scene import (
    asking,
    assert_in_order_and_once,
    gaps,
    hears,
    listener_of,
    member,
    numbers,
)
from tests.realtime.stage import Actor, until

#: Seconds after the server is back.
BACK_IN = 5.0


@pytest.fixture
def server(start: Callable[..., Actor]) -> Iterator[str]:
    with postgres.throwaway() as address:
        start(ours(address), migrate=True).close()
        yield address


def test_it_is_heard_again_and_publishers_are_told(
    server: str, start: Callable[..., Actor]
) -> None:
    spec = ours(server, capacity=100_000)
    here, there = start(spec), start(spec)
    channel = member(there, "restart")
    there("watch_resumed")
    streaming = here.later("stream", group="restart", every=0.005, seconds=6)
    hears(there, channel, 50, BACK_IN)
    pid = until(lambda: listener_of(server, channel))
    try:
        os.kill(pid, signal.SIGKILL)
    except PermissionError:
        pytest.skip("The server's processes are another account's here.")
    until(lambda: _answers(server), 60)
    back = time.monotonic()
    until(lambda: there("resumed") == 1, BACK_IN, every=0.02)
    heard = len(numbers(there, channel))
    until(lambda: len(numbers(there, channel)) > heard, BACK_IN, every=0.02)
    assert time.monotonic() - back <= BACK_IN
    said = streaming(patience=60)
    hears(there, channel, said["sent"][-1], BACK_IN)
    got = numbers(there, channel)
    assert_in_order_and_once(got)
    assert {error for _number, error in said["failed"]} <= {"NotConnected"}
    # One gap, which begins where the server ended; nothing before and after it is missing.
    assert len(gaps(got)) <= 1
    # Unlogged tables are empty after a crash, and whole.
    here("send", channel="after.restart", message={"type": "n", "n": 1})
    assert there("receive", channel="after.restart")["n"] == 1


def _answers(address: str) -> bool:
    try:
        with asking(address):
            return True
    except psycopg.OperationalError:
        return False
