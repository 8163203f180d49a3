"""For tests of what publishes: they run in a transaction that never commits (``TestCase``), or commit.

with published() as events:
    submit_book(book, by=author)
assert events == [Published("desk.42", "book_submitted", {"book": 42})]
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from realtime import rooms
from realtime.gathering import Gathered
from realtime.rooms import RoomKind


class Published(NamedTuple):
    """An event as its readers get it."""

    room: str
    kind: str
    data: dict[str, Any]


@contextmanager
def published(*, using: str = DEFAULT_DB_ALIAS) -> Iterator[list[Published]]:
    """Give a list that holds, when the block has ended, what was published in it and not rolled back,
    in order: committed, or waiting for the commit of the transaction around the block."""
    connection: Any = connections[using]
    events: list[Published] = []
    committed: list[Gathered] = []
    before = len(connection.gathered.events)
    connection.watchers.append(committed)
    try:
        yield events
    finally:
        connection.watchers.remove(committed)
        waiting = connection.gathered.events[0 if committed else before :]
        events += [
            Published(one.room, one.kind, json.loads(one.text)) for one in (*committed, *waiting)
        ]


@contextmanager
def registered(*kinds: RoomKind) -> Iterator[None]:
    """Have kinds of rooms known for the time of a block, in the place of those of the same names."""
    known = dict(rooms.known_kinds())
    for kind in kinds:
        rooms._kinds[kind.name] = kind
    try:
        yield
    finally:
        rooms._kinds.clear()
        rooms._kinds.update(known)
