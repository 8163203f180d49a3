"""Sockets are sent elsewhere, a few at a time."""

from __future__ import annotations

import asyncio
import itertools
import random

import pytest

from realtime.draining import send_elsewhere
from realtime.protocol import Close


class Socket:
    def __init__(self, among: list[Socket], *, stays: bool = False) -> None:
        self._among, self._stays = among, stays
        self.told: list[tuple[Close, float]] = []

    def close(self, code: Close, reason: str = "") -> None:
        self.told.append((code, asyncio.get_running_loop().time()))
        if not self._stays:
            asyncio.get_running_loop().call_later(0.01, self._among.remove, self)


def sockets(count: int, *, stays: bool = False) -> list[Socket]:
    among: list[Socket] = []
    among.extend(Socket(among, stays=stays) for _ in range(count))
    return among


async def test_many_are_told_over_the_time_that_there_is() -> None:
    among = sockets(200)
    everybody = list(among)
    assert await send_elsewhere(lambda: among, seconds=0.6, chance=random.Random(1)) == 200
    assert not among
    assert all([code for code, _at in one.told] == [Close.RESTARTING] for one in everybody)
    times = sorted(one.told[0][1] for one in everybody)
    assert 0.4 < times[-1] - times[0] < 1.5
    # Never many in one moment: a third of them would be at least 66.
    steps = [len(list(group)) for _at, group in itertools.groupby(times, lambda at: round(at, 2))]
    assert max(steps) < 66


async def test_few_do_not_take_long() -> None:
    among = sockets(3)
    begin = asyncio.get_running_loop().time()
    assert await send_elsewhere(lambda: among, seconds=60) == 3
    assert asyncio.get_running_loop().time() - begin < 1.5


async def test_who_comes_meanwhile_is_told_too() -> None:
    among = sockets(60)
    late = Socket(among)
    asyncio.get_running_loop().call_later(0.2, among.append, late)
    assert await send_elsewhere(lambda: among, seconds=1.0) == 61
    assert late.told


async def test_a_second_signal_ends_the_waiting() -> None:
    among = sockets(500)
    begin = asyncio.get_running_loop().time()
    hurried = lambda: asyncio.get_running_loop().time() > begin + 0.2  # noqa: E731
    assert await send_elsewhere(lambda: among, seconds=60, is_hurried=hurried) == 500
    assert asyncio.get_running_loop().time() - begin < 2.0


async def test_one_that_does_not_go_is_told_once_and_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("realtime.draining.GONE_IN", 0.1)
    among = sockets(1, stays=True)
    assert await send_elsewhere(lambda: among, seconds=0.1) == 1
    assert len(among[0].told) == 1


async def test_nobody_is_nothing_to_wait_for() -> None:
    begin = asyncio.get_running_loop().time()
    assert await send_elsewhere(list, seconds=60) == 0
    assert asyncio.get_running_loop().time() - begin < 0.5
