"""This process among the others: it says that it lives, keeps its connections in the table, sweeps the
rows of those that died, and leaves nothing when it ends.

Everything runs in the event loop that has the sockets, from the first of them on (``ensure_here``). No
socket waits for it: while the database is away sockets are taken, and their rows are written later.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
import time
import weakref
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Final

from realtime import metrics, registry
from realtime.connections import GATHER, Batch, Ledger
from realtime.draining import draining, send_elsewhere
from realtime.hub import Hub
from realtime.orders import obey
from realtime.presence import Presence, shows_presence
from realtime.registry import Identity, Peer, State, in_database, this_process
from realtime.ways import Ways

logger = logging.getLogger(__name__)

#: The group in which instances tell one another where to look again.
GROUP: Final = "realtime.presence"
#: Seconds after which this instance joins it again; a membership of the layer lasts a day.
JOIN_AGAIN: Final = 3600.0
#: Seconds until the database or the layer is asked again that did not answer, half of it chance.
PAUSE: Final = 1.0
#: Seconds for what an instance that ends still has to say to the database.
LAST_WORDS: Final = 2.0


class ThisInstance:
    """One event loop's. ``layer`` is a channel layer, or None; ``now`` never goes back."""

    def __init__(self, ways: Ways, hub: Hub, layer: Any, now: Callable[[], float]) -> None:
        self.ways, self.hub, self._layer, self._now = ways, hub, layer, now
        machine = ways.machine or f"local-{secrets.token_hex(4)}"
        self.me = Identity(this_process(), machine, ways.region, ways.version)
        #: All instances as of the last heartbeat, this one among them.
        self.peers: list[Peer] = []
        self.presence = Presence(hub, now)
        self._ledger = Ledger(hub.connections)
        self._is_written = False
        #: When the next beat counts from, and when PostgreSQL has heard the last.
        self._beaten_at: float | None = None
        self._heard_at: float | None = None
        self._is_ending = False
        #: From when on this instance may say that another one is dead.
        self._judges_from = now()
        self._tasks: list[asyncio.Task[None]] = []
        self._complaints: set[str] = set()

    def start(self) -> None:
        """Begin. What is open already is written with the rest."""
        self.hub.watch(self._ledger)
        self.hub.watch(self.presence)
        metrics.tell_of(self.hub, self._layer)
        work = [self._keep_written(), self._keep_sweeping(), self.presence.run()]
        if self._layer is not None:
            work.append(self._keep_hearing())
        self._tasks = [asyncio.create_task(one) for one in work]

    async def drain(self, is_hurried: Callable[[], bool]) -> None:
        """Tell the others that this instance ends, and its sockets to go to them."""
        draining.begin()
        self.beat_soon()
        seconds = self.ways.drain_seconds
        await send_elsewhere(self.hub.connections, seconds=seconds, is_hurried=is_hurried)

    def beat_soon(self) -> None:
        """Tell the others how this instance is, and look what is asked of it, at once."""
        self._beaten_at = None
        self._ledger.has_changes.set()

    async def leave(self) -> None:
        """Delete this instance's rows. What PostgreSQL does not answer in time is left to a sweep."""
        self._is_ending = True
        self._ledger.has_changes.set()
        writing, *others = self._tasks
        for task in others:
            task.cancel()
        # Not cancelled while it writes: the thread would go on, and write after all was deleted.
        await asyncio.wait({writing}, timeout=LAST_WORDS)
        writing.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        try:
            async with asyncio.timeout(LAST_WORDS):
                await in_database(registry.remove, self.me.id)
                await self._announce(self._ledger.take_all().rooms)
        except Exception as error:  # noqa: BLE001 - a sweep is for whatever it was
            logger.warning("This instance's rows are left to the others: %s", error)

    # --- the tables ------------------------------------------------------------------------

    async def _keep_written(self) -> None:
        while not self._is_ending:
            try:
                await self._write()
            except Exception as error:  # noqa: BLE001 - it goes on when the database is back
                # What was written is unknown: everything is, once it can be.
                self._is_written = False
                self._complain("write its connections", error)
                await _pause()
            else:
                self._complaints.discard("write its connections")
                await self._wait_for_changes()

    async def _wait_for_changes(self) -> None:
        # Who leaves has said so, perhaps while the last changes were written, and taken with them.
        ends = (self._beaten_at or 0.0) + self.ways.heartbeat
        patience = 0.0 if self._is_ending else ends - self._now()
        try:
            await asyncio.wait_for(self._ledger.has_changes.wait(), max(0.0, patience))
            await asyncio.sleep(GATHER)
        except TimeoutError:
            return

    async def _write(self) -> None:
        if not self._is_written:
            everything = self._ledger.take_all()
            await in_database(registry.register, self.me, self._state(), everything.written)
            self._heard()
            self._is_written, self._beaten_at = True, None
            await self._announce(everything.rooms)
        if self._beaten_at is None or self._now() >= self._beaten_at + self.ways.heartbeat:
            await self._beat()
        while self._is_written and self._ledger.has_changes.is_set():
            await self._write_batch(self._ledger.take())

    async def _write_batch(self, batch: Batch) -> None:
        if batch.written or batch.closed:
            sockets = len(self.hub.connections())
            known = await in_database(
                registry.write, self.me.id, batch.written, batch.closed, sockets
            )
            if not known:
                self._begin_anew("was swept by another")
            await self._announce(batch.rooms)

    async def _beat(self) -> None:
        found = await in_database(registry.beat, self.me.id, self._state())
        self._heard()
        self._beaten_at = self._heard_at
        if found is None:
            self._begin_anew("was swept by another")
            return
        kept, self.peers = found
        if kept != self._ledger.kept:
            self._begin_anew(f"has {self._ledger.kept} connections, and the table {kept}")
        obey(self)

    def _heard(self) -> None:
        """PostgreSQL has answered. Whoever has been away cannot know who else was: a database that comes
        back, or a machine that wakes, would else find all others dead."""
        now = self._now()
        if self._heard_at is not None and now > self._heard_at + 2 * self.ways.heartbeat:
            self._judges_from = now + self.ways.silent_for
        self._heard_at = now

    def _may_judge(self) -> bool:
        """May this instance say now that another one is dead?"""
        now, heard_at = self._now(), self._heard_at
        if not self._is_written or heard_at is None:
            return False
        return self._judges_from <= now <= heard_at + 2 * self.ways.heartbeat

    def _begin_anew(self, why: str) -> None:
        logger.warning("This instance %s: it registers anew.", why)
        metrics.REGISTERED_ANEW.add()
        self._is_written = False
        self._ledger.has_changes.set()

    def _state(self) -> State:
        sockets = len(self.hub.connections())
        facts = {**metrics.snapshot("realtime_"), registry.COUNTED_AT: self._now()}
        return State(sockets, draining.has_begun, facts)

    async def _keep_sweeping(self) -> None:
        while True:
            await asyncio.sleep(self.ways.sweep_every * random.uniform(0.8, 1.2))  # noqa: S311
            if not self._may_judge():
                continue
            try:
                await self._sweep()
            except Exception as error:  # noqa: BLE001 - another one sweeps, or this one later
                self._complain("sweep dead instances", error)
            else:
                self._complaints.discard("sweep dead instances")

    async def _sweep(self) -> None:
        sweeping = partial(registry.sweep, self.ways.silent_for, by=self.me.id)
        swept = await in_database(sweeping)
        if swept.instances:
            metrics.SWEPT.add(len(swept.instances))
            logger.warning("Instances died, and were swept: %s.", ", ".join(swept.instances))
            await self._announce(swept.rooms, at_once=True)

    # --- who is where ----------------------------------------------------------------------

    async def _announce(self, rooms: Collection[str], *, at_once: bool = False) -> None:
        """Have everybody look again who has somebody in these rooms."""
        changed = sorted(room for room in rooms if shows_presence(room))
        if not changed:
            return
        self.presence.look(changed, at_once=at_once)
        if self._layer is None:
            return
        message = {"type": "presence", "rooms": changed, "at_once": at_once, "by": self.me.id}
        try:
            await self._layer.group_send(GROUP, message)
        except Exception as error:  # noqa: BLE001 - everybody looks by themselves before long
            logger.warning("The others could not be told who came and left: %s", error)

    async def _keep_hearing(self) -> None:
        is_told = False
        while True:
            try:
                if not is_told and hasattr(self._layer, "on_resumed"):
                    await self._layer.on_resumed(self._resumed)
                    is_told = True
                await self._hear(await self._layer.new_channel("presence"))
            except Exception as error:  # noqa: BLE001 - it goes on when the layer is back
                self._complain("hear who came and left", error)
                await _pause()

    def _resumed(self) -> None:
        """The layer hears again: others may have come and left, and a server that crashed has forgotten
        all connections, so that this instance looks at once whether it has its own."""
        self.presence.look_at_all(anew=True)
        self.beat_soon()

    async def _hear(self, channel: str) -> None:
        self._complaints.discard("hear who came and left")
        self.presence.look_at_all()
        while True:
            await self._layer.group_add(GROUP, channel)
            try:
                async with asyncio.timeout(JOIN_AGAIN):
                    while True:
                        message = await self._layer.receive(channel)
                        if message["by"] != self.me.id:
                            self.presence.look(message["rooms"], at_once=message["at_once"])
            except TimeoutError:
                continue

    def _complain(self, what: str, error: Exception) -> None:
        """Say what cannot be done, once until it can be again: a database that is away for a minute
        would else fill the log."""
        if what not in self._complaints:
            self._complaints.add(what)
            logger.warning("This instance cannot %s: %s", what, error)


async def _pause() -> None:
    await asyncio.sleep(PAUSE * random.uniform(0.5, 1))  # noqa: S311 - not a secret


def here() -> ThisInstance | None:
    """Give the running loop's instance, if it has begun."""
    return _here.get(asyncio.get_running_loop())


async def ensure_here() -> ThisInstance:
    """Give the running loop's instance; the first call begins it, and waits for nothing."""
    loop = asyncio.get_running_loop()
    found = _here.get(loop)
    if found is None:
        from channels.layers import get_channel_layer  # not before the first socket

        layer = get_channel_layer()
        found = _here[loop] = ThisInstance(Ways.configured(), Hub.here(), layer, time.monotonic)
        found.start()
    return found


async def drain(*, is_hurried: Callable[[], bool]) -> None:
    """Send the sockets of the running loop elsewhere, if it has any."""
    draining.begin()
    if (instance := here()) is not None:
        await instance.drain(is_hurried)


async def leave() -> None:
    """End the running loop's instance, and leave no row of it."""
    instance = _here.pop(asyncio.get_running_loop(), None)
    if instance is not None:
        await instance.leave()


_here: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, ThisInstance]
_here = weakref.WeakKeyDictionary()
