"""Brings a new version onto the machines of a fleet, by its file's strategy."""

from __future__ import annotations

import asyncio
import time

from esensi.fleet.checking import is_deployed
from esensi.fleet.deploying import Step, steps
from esensi.fleet.fleet import Fleet
from esensi.fleet.flyfile import Strategy
from esensi.fleet.machine import Machine


class DeployFailed(Exception):
    """A machine's checks did not pass in time; those after it have been left as they were."""


class Deployment:
    """One deploy: the release command first, then step by step."""

    def __init__(self, fleet: Fleet, strategy: Strategy | None = None) -> None:
        self._fleet, self._deploy = fleet, fleet.app.deploy
        self._strategy = strategy or self._deploy.strategy
        self._new: list[Machine] = []

    async def run(self) -> None:
        """Raises ``ReleaseFailed``, with which nothing has changed, ``DeployFailed`` and
        ``DidNotStart``."""
        fleet = self._fleet
        fleet.version += 1
        try:
            await fleet.release()
        except BaseException:
            fleet.version -= 1
            raise
        running = [one.id for one in fleet.running]
        resting = [one.id for one in fleet.machines if one.id not in running]
        fleet.tell(f"version {fleet.version} comes, {self._strategy}")
        for step in steps(self._strategy, running, resting, self._deploy.max_unavailable):
            await self._take(step)
        fleet.tell(f"version {fleet.version} is there")

    async def _take(self, step: Step) -> None:
        machines = [self._fleet.find(id) for id in step.ids]
        if step.do == "update":
            await asyncio.gather(*(self._update(one, waits=step.waits) for one in machines))
        elif step.do == "create":
            self._new = await self._create(machines)
        elif step.do == "attempt":
            for one in await self._create(machines):
                await self._fleet.remove(one)
        elif step.do == "switch":
            for one in self._new:
                one.is_cordoned = False
            self._fleet.bell.ring()
        else:
            for one in machines:
                one.is_cordoned = True
            await asyncio.gather(*(self._fleet.remove(one) for one in machines))

    async def _update(self, machine: Machine, *, waits: bool) -> None:
        was_running = machine.state in ("starting", "started")
        await machine.stop()
        machine.version = self._fleet.version
        if was_running:
            await machine.start()
        if waits:
            await self._passes(machine)

    async def _create(self, machines: list[Machine]) -> list[Machine]:
        made = [self._fleet.make_like(one) for one in machines]
        try:
            await asyncio.gather(*(one.start() for one in made))
            await asyncio.gather(*(self._passes(one) for one in made))
        except BaseException:
            await asyncio.gather(*(self._fleet.remove(one) for one in made))
            raise
        return made

    async def _passes(self, machine: Machine) -> None:
        end = time.monotonic() + self._deploy.wait_timeout
        while not (machine.state == "started" and is_deployed(machine.healths)):
            left = end - time.monotonic()
            if left <= 0:
                raise DeployFailed(
                    f"The checks of machine {machine.id} did not pass within "
                    f"{self._deploy.wait_timeout:g} s: look into {machine.log}."
                )
            await self._fleet.bell.wait(min(left, 1.0))
