"""A listener is connected and hears nothing (PostgREST #3147 was for days): the server's process of
the connection is stopped, so that nothing ends and nothing comes. The message to oneself finds it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from realtime.listener import PROBE_EVERY, PROBE_LIMIT
from tests.realtime.conftest import ours
from tests.realtime.faults.scene import hears, listener_of, member, numbers
from tests.realtime.stage import Actor
from tests.waiting import until


def test_it_is_found_and_made_anew(layer_database: str, start: Callable[..., Actor]) -> None:
    spec = ours(layer_database)
    here, there = start(spec), start(spec)
    channel = member(there, "deaf")
    there("watch_resumed")
    here("burst", group="deaf", first=0, count=5)
    hears(there, channel, 4, 5.0)
    pid = until(lambda: listener_of(layer_database, channel))
    try:
        os.kill(pid, signal.SIGSTOP)
    except PermissionError:
        pytest.skip("The server's processes are another account's here.")
    try:
        here("burst", group="deaf", first=5, count=5)
        until(lambda: there("resumed") == 1, PROBE_EVERY + PROBE_LIMIT + 5)
        here("burst", group="deaf", first=10, count=5)
        hears(there, channel, 14, 5.0)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert numbers(there, channel) == [*range(5), *range(10, 15)]
