"""Waiting for what comes, and ports of this machine: the one place for both."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

#: Seconds for what takes milliseconds, on a machine that does much else.
PATIENCE = 30.0


def until(
    condition: Callable[[], Any], patience: float = PATIENCE, every: float = 0.05, *, what: str = ""
) -> Any:
    """Wait for a condition, and give its value; ``patience`` and ``every`` are seconds. Raises
    ``AssertionError`` with ``what`` and the last value."""
    end = time.monotonic() + patience
    while not (value := condition()):
        assert time.monotonic() < end, _late(patience, what, value)
        time.sleep(every)
    return value


async def auntil(
    condition: Callable[[], Any], patience: float = PATIENCE, every: float = 0.01, *, what: str = ""
) -> Any:
    """The same in an event loop; a condition may be a coroutine's function."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        assert time.monotonic() < end, _late(patience, what, value)
        await asyncio.sleep(every)


def _late(patience: float, what: str, value: Any) -> str:
    return f"Not within {patience:g} s: {what or 'the condition'}; the last value: {value!r}"


def free_port() -> int:
    """Give a port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Does somebody listen on a port of this machine?"""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
