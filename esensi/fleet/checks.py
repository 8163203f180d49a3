"""Asks machines what their checks say, again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

import aiohttp

from esensi.fleet.checking import judge
from esensi.fleet.flyfile import Check, FlyFile
from esensi.fleet.machine import ADDRESS, Bell, Machine

#: Seconds between two looks whether a check is due; a machine that has just started is asked at each.
LOOK_EVERY: Final = 0.2


class Checks:
    """The service's checks, on all machines that run. They come by private address, as Fly's do."""

    def __init__(self, app: FlyFile, machines: Callable[[], Sequence[Machine]], bell: Bell) -> None:
        self._checks, self._machines, self._bell = app.service.checks, machines, bell
        #: When each check of a machine is due, by the machine and its place in the file.
        self._due: dict[tuple[Machine, int], float] = {}

    async def run(self) -> None:
        async with aiohttp.ClientSession() as session:
            while True:
                running = [one for one in self._machines() if one.state == "started"]
                await asyncio.gather(
                    *(
                        self._ask(session, machine, number)
                        for machine in running
                        for number in range(len(self._checks))
                        if self._is_due(machine, number)
                    )
                )
                await asyncio.sleep(LOOK_EVERY)

    def _is_due(self, machine: Machine, number: int) -> bool:
        is_new = machine.healths[number] == "unknown"
        return is_new or time.monotonic() >= self._due.get((machine, number), 0.0)

    async def _ask(self, session: aiohttp.ClientSession, machine: Machine, number: int) -> None:
        check, begun = self._checks[number], machine.begun
        self._due[machine, number] = time.monotonic() + check.interval
        status = await _status(session, machine.port, check)
        if machine.begun != begun or machine.state != "started":
            return  # it is another by now, or at rest
        before = machine.healths[number]
        machine.healths[number] = judge(before, status=status, age=machine.age, check=check)
        if machine.healths[number] != before:
            self._bell.ring()


async def _status(session: aiohttp.ClientSession, port: int, check: Check) -> int | None:
    """Give what a machine answers, or None."""
    try:
        async with session.request(
            check.method,
            f"http://{ADDRESS}:{port}{check.path}",
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=check.timeout),
        ) as answer:
            return answer.status
    except (aiohttp.ClientError, TimeoutError, OSError):
        return None
