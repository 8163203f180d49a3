"""Keeps the table of connections true: what the hub sees is written in batches, and what was closed
before it was ever written is not written at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from realtime.connection import Connection
from realtime.registry import Row

#: Seconds in which changes gather for one statement; as long as it takes to look up from a page.
GATHER: Final = 0.1
#: Rows of one statement: 4 ms of PostgreSQL's time.
MOST_ROWS: Final = 500


@dataclass
class Batch:
    """Changes of one statement, and the rooms in which somebody came or went by them."""

    written: list[Row] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    rooms: set[str] = field(default_factory=set)


class Ledger:
    """Watches the hub (``realtime.hub.Watcher``), and gives what is to be written."""

    def __init__(self, open_now: Callable[[], Iterable[Connection]]) -> None:
        self._open_now = open_now
        #: What the table has, by connection, as far as batches have been given out.
        self._kept: dict[str, tuple[str, ...]] = {}
        self._changed: dict[str, Connection] = {}
        self._closed: dict[str, None] = {}
        #: Set while there is something to be written.
        self.has_changes = asyncio.Event()

    @property
    def kept(self) -> int:
        """How many rows the table should have of this instance."""
        return len(self._kept)

    # --- what the hub tells ----------------------------------------------------------------

    def opened(self, connection: Connection) -> None:
        self._change(connection)

    def joined(self, connection: Connection, room: str) -> None:
        self._change(connection)

    def left(self, connection: Connection, room: str) -> None:
        self._change(connection)

    def closed(self, connection: Connection) -> None:
        self._changed.pop(connection.id, None)
        if connection.id in self._kept:
            self._closed[connection.id] = None
            self.has_changes.set()

    def _change(self, connection: Connection) -> None:
        self._changed[connection.id] = connection
        self.has_changes.set()

    # --- what is to be written -------------------------------------------------------------

    def take(self) -> Batch:
        """Give the oldest changes that have gathered, closed connections first."""
        batch = Batch()
        while self._closed and len(batch.closed) < MOST_ROWS:
            key = next(iter(self._closed))
            del self._closed[key]
            batch.closed.append(key)
            batch.rooms.update(self._kept.pop(key))
        while self._changed and len(batch.closed) + len(batch.written) < MOST_ROWS:
            connection = self._changed.pop(next(iter(self._changed)))
            row, before = row_of(connection), self._kept.get(connection.id)
            if row.rooms != before:
                batch.written.append(row)
                batch.rooms.update({*row.rooms} ^ {*(before or ())})
                self._kept[row.id] = row.rooms
        if not self._changed and not self._closed:
            self.has_changes.clear()
        return batch

    def take_all(self) -> Batch:
        """Give every connection that is open, for a table that has lost them; all their rooms, and those
        of connections that have closed, count as changed."""
        batch = Batch(rooms={room for rooms in self._kept.values() for room in rooms})
        self._kept.clear()
        self._changed.clear()
        self._closed.clear()
        self.has_changes.clear()
        for connection in self._open_now():
            row = row_of(connection)
            self._kept[row.id] = row.rooms
            batch.written.append(row)
            batch.rooms.update(row.rooms)
        return batch


def row_of(connection: Connection) -> Row:
    """Give the row of a connection; rooms that were joined quietly are not in it."""
    return Row(
        id=connection.id,
        user_id=connection.user_id,
        host=connection.host,
        kind=connection.kind,
        rooms=tuple(sorted(connection.rooms - connection.quiet)),
        opened_at=connection.opened_at,
    )
