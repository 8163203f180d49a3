"""Waiting for what comes, and ports of this machine: the one place for both."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Callable
from typing import Any, Final

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


#: Below the ports that Linux gives to connections going out (``ip_local_port_range``, from 32,768 on):
#: of those, one may be in use by the time that somebody listens.
PORTS: Final = range(20_000, 32_000)
_given: Final[set[int]] = set()


def free_port() -> int:
    """Give a port of loopback that nobody listens on now, and that was not given before."""
    while True:
        port = secrets.choice(PORTS)  # whatever seed a test has set
        if port not in _given and _can_listen(port):
            _given.add(port)
            return port


def _can_listen(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers(port: int) -> bool:
    """Does somebody listen on a port of this machine?"""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
