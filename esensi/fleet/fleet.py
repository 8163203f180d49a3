"""The machines of an app and what is done with them: scaling, deploys, faults, rest."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import secrets
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any, Final

from esensi.fleet import release, scaling
from esensi.fleet.balance import RESTING
from esensi.fleet.checks import Checks
from esensi.fleet.edge import Edge, Place
from esensi.fleet.machine import Bell, DidNotStart, Machine, Recipe

#: Seconds until a machine that failed is started anew, doubled each time.
RESTART_AFTER: Final = 0.2


class NoSuchMachine(Exception):
    """Names who was meant, and who there is."""


class Fleet:
    """An app behind its edge. ``regions`` are those of new machines, by turns; ``rest_every`` is the
    seconds between two passes of autostop."""

    def __init__(
        self,
        recipe: Recipe,
        place: Place,
        *,
        regions: Sequence[str] = (),
        rest_every: float = scaling.PASS_EVERY,
    ) -> None:
        self.app, self.recipe = recipe.app, recipe
        self.machines: list[Machine] = []
        self.version = 1
        self.bell = Bell()
        self.edge = Edge(
            self.app, place, machines=self._all, start=self.begin_to_start, bell=self.bell
        )
        self._regions, self._rest_every = regions or (place.region,), rest_every
        self._chance = random.Random()  # noqa: S311 - not a secret
        self._tasks: set[asyncio.Task[None]] = set()
        #: What has happened, the newest last, for whoever looks.
        self.told: list[str] = []

    def _all(self) -> Sequence[Machine]:
        return self.machines

    @property
    def running(self) -> list[Machine]:
        return [one for one in self.machines if one.state in ("starting", "started")]

    async def open(self, port: int = 0) -> None:
        """Open the edge. Machines come with ``scale``. Raises OSError where the port is taken."""
        await self.edge.open(port)
        environment = {**self.recipe.environment, "PORT": str(self.edge.port)}
        self.recipe = dataclasses.replace(self.recipe, environment=environment)
        self._do(Checks(self.app, self._all, self.bell).run())
        if self.app.service.auto_stop != "off":
            self._do(self._keep_resting())

    async def close(self) -> None:
        """End everything, the machines in order."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(one.stop() for one in self.machines))
        await self.edge.close()

    async def release(self) -> str:
        """Run the release command; give what it said. Raises ``release.ReleaseFailed``."""
        return await release.run(self.recipe, version=self.version)

    # --- what an operator asks for ------------------------------------------------------------

    async def scale(self, count: int) -> None:
        """Have so many run: others are woken or made, or put to rest, the least loaded first. Those stay
        there, and are started by whoever comes, as the file says."""
        idlest = sorted(self.running, key=lambda one: one.load)
        await asyncio.gather(
            *(self.rest(one, "stop") for one in idlest[: max(0, len(idlest) - count)])
        )
        waking = [one for one in self.machines if one.state in RESTING]
        missing = max(0, count - len(self.running))
        made = [self._make() for _ in range(missing - len(waking))]
        await self._start_all([*waking, *made][:missing])

    def kill(self, id: str) -> None:
        """End a machine's process without a word. The restart policy brings it back."""
        self.find(id).kill()

    async def suspend(self, id: str) -> None:
        """Freeze a machine, sockets told first; one that cannot be is stopped."""
        await self.rest(self.find(id), "suspend" if scaling.can_suspend(self.app) else "stop")

    async def stop(self, id: str) -> None:
        await self.find(id).stop()

    async def start(self, id: str) -> None:
        await self.find(id).start()

    def find(self, id: str) -> Machine:
        """Give a machine by its id, or by the beginning of one. Raises ``NoSuchMachine``."""
        found = [one for one in self.machines if one.id.startswith(id)]
        if len(found) != 1:
            known = ", ".join(one.id for one in self.machines) or "none"
            raise NoSuchMachine(f"{id!r} names {len(found)} machines; there are: {known}.")
        return found[0]

    async def rest(self, machine: Machine, way: str) -> None:
        """Put a machine to rest as the edge does: nobody is led there, and sockets are told to go."""
        machine.is_cordoned = True
        machine.send_lines_away()
        try:
            if way == "suspend":
                await machine.settles()
                machine.suspend()
            else:
                await machine.stop()
        finally:
            machine.is_cordoned = False
            self.bell.ring()
        self.tell(f"{machine.id} rests: {machine.state}")

    async def rest_once(self) -> list[str]:
        """Make one pass of autostop; give who was put to rest."""
        service = self.app.service
        chosen = scaling.to_rest(
            [one.candidate for one in self.machines],
            service.limits,
            least_running=service.least_running,
            primary=self.app.region,
            chance=self._chance,
        )
        way = scaling.way_to_rest(self.app)
        await asyncio.gather(*(self.rest(self.find(id), way) for id in chosen))
        return chosen

    # --- making and starting --------------------------------------------------------------------

    def _make(self, region: str = "") -> Machine:
        region = region or self._regions[len(self.machines) % len(self._regions)]
        id = secrets.token_hex(7)
        machine = Machine(id, region, self.recipe, bell=self.bell, ended=self._failed)
        machine.version = self.version
        self.machines.append(machine)
        return machine

    def make_like(self, other: Machine) -> Machine:
        """Make a machine beside another one, to which nobody is led yet."""
        machine = self._make(other.region)
        machine.is_cordoned = True
        return machine

    async def remove(self, machine: Machine) -> None:
        """End a machine for good."""
        await machine.stop()
        self.machines.remove(machine)

    async def _start_all(self, machines: Iterable[Machine]) -> None:
        await asyncio.gather(*(one.start() for one in machines))

    def begin_to_start(self, machine: Machine) -> None:
        """Start a machine for a request that waits."""
        self.tell(f"{machine.id} starts for a request")
        if machine.state != "suspended":
            machine.is_now("starting")
        self._do(self._start(machine))

    async def _start(self, machine: Machine) -> None:
        try:
            await machine.start()
        except DidNotStart as error:
            self.tell(str(error))

    def _failed(self, machine: Machine) -> None:
        self.tell(f"{machine.id} ended by itself")
        if self.app.restarts and machine.restarts < self.app.retries:
            machine.is_now("restarting")
            self._do(self._restart(machine))

    async def _restart(self, machine: Machine) -> None:
        await asyncio.sleep(min(RESTART_AFTER * 2**machine.restarts, 10.0))
        machine.restarts += 1
        if machine.state == "restarting":
            await self._start(machine)

    async def _keep_resting(self) -> None:
        while True:
            await asyncio.sleep(self._rest_every)
            await self.rest_once()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def tell(self, sentence: str) -> None:
        self.told = [*self.told[-99:], sentence]
