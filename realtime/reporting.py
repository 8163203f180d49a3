"""Figures that a room is told again and again, for as long as somebody of this process is in it.

Nothing is read while nobody watches. Each process reads for those who are connected to it, so that
nobody has to agree with anybody on who reads.
"""

from __future__ import annotations

import asyncio
import json
import logging

from realtime.asking import in_thread
from realtime.connection import Connection
from realtime.events import encode, kind_name
from realtime.hub import Hub
from realtime.rooms import Report, kind_of

logger = logging.getLogger(__name__)


class Reporting:
    """Watches one hub: begins with the first who joins a room whose kind has a report, and ends with
    the last who leaves it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def opened(self, connection: Connection) -> None:
        """Nobody is in a room yet."""

    def joined(self, connection: Connection, room: str) -> None:
        report = kind_of(room).report
        if report is not None and room not in self._tasks:
            self._tasks[room] = self._hub.loop.create_task(self._tell(room, report))

    def left(self, connection: Connection, room: str) -> None:
        self._end_if_empty(room)

    def closed(self, connection: Connection) -> None:
        for room in connection.rooms:
            self._end_if_empty(room)

    @property
    def rooms(self) -> set[str]:
        """The rooms that are told something now."""
        return set(self._tasks)

    def _end_if_empty(self, room: str) -> None:
        if room in self._tasks and not self._hub.members(room):
            self._tasks.pop(room).cancel()

    async def _tell(self, room: str, report: Report) -> None:
        read, is_well = report.begin(), True
        while True:
            try:
                message = await in_thread(read)
                data = json.loads(encode(message))
            except Exception as error:  # noqa: BLE001 - the next may be better
                # Once: a database that is away for an hour would else fill the log.
                if is_well:
                    logger.warning("What %s is to be told cannot be read: %r.", room, error)
                is_well = False
            else:
                is_well = True
                self._hub.transient(room, kind_name(type(message)), data)
            await asyncio.sleep(report.every)
