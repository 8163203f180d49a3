"""What a room's stream holds after a position: one statement for many rooms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections

from realtime.flush import MOMENT

#: Events that somebody catches up with. Who has missed more is better served with the room's snapshot.
MOST_CAUGHT_UP: Final = 500

#: Empty epochs match none but a room without events, whose offset is 0: then all of it is asked for.
_READ: Final = f"""
SELECT place, asked.name, room.id, room.epoch, room.head,
    event."offset", event.kind, event.at, event.data
FROM unnest(%s::text[], %s::text[], %s::bigint[])
    WITH ORDINALITY AS asked (name, epoch, since, place)
LEFT JOIN realtime_room AS room ON room.name = asked.name
LEFT JOIN LATERAL (
    SELECT "offset", kind, {MOMENT.format("at")} AS at, data::text AS data
    FROM realtime_event
    WHERE room_id = room.id AND "offset" > asked.since
        AND (asked.epoch = room.epoch OR asked.epoch = '' AND asked.since = 0)
    ORDER BY "offset" LIMIT %s
) AS event ON true
ORDER BY place, event."offset"
"""  # noqa: S608 - constants


class Position(NamedTuple):
    """A place in a room's stream: everything up to ``offset`` is known. The epoch of a room in which
    nothing was ever published is empty, and its offset 0."""

    epoch: str
    offset: int


#: Where somebody is who joined a room before anything was published in it.
NOTHING_YET: Final = Position("", 0)


class Stored(NamedTuple):
    """An event as it was committed; ``at`` is ISO 8601 in UTC."""

    offset: int
    kind: str
    at: str
    data: dict[str, Any]


class Caught(NamedTuple):
    """What somebody missed in a room, who is then at ``position``. Where it is not ``recovered``
    (nothing was asked for, too much is missing, it is no longer kept, or the epoch is another),
    ``events`` is empty and the room's snapshot is to be given: never a silent part."""

    room: str
    position: Position
    recovered: bool
    events: tuple[Stored, ...]


class Reading(NamedTuple):
    """What one statement saw of a room: ``id`` is 0 where there is no such room yet."""

    room: str
    id: int
    epoch: str
    head: int
    events: tuple[Stored, ...]


def read_since(
    asks: Sequence[tuple[str, Position | None]], *, using: str = DEFAULT_DB_ALIAS
) -> list[Caught]:
    """Give what each room's stream holds after a position, in the order of ``asks``; synchronous.

    One statement for all. Rooms are not checked: ask only for rooms that somebody may join.
    """
    seen = read(asks, most=MOST_CAUGHT_UP, using=using)
    return [caught(found, since) for found, (_room, since) in zip(seen, asks, strict=True)]


def caught(found: Reading, since: Position | None) -> Caught:
    """Give what somebody at ``since`` missed, if it is all there."""
    position = Position(found.epoch, found.head)
    recovered = since is not None and reaches(found, since)
    return Caught(found.room, position, recovered, found.events if recovered else ())


def reaches(found: Reading, since: Position) -> bool:
    """Do the events that were read lead from a position to the head, without a gap?"""
    missing = found.head - since.offset
    # Whoever joined before the first event knows no epoch yet.
    same = since.epoch == found.epoch or since == NOTHING_YET
    if not same or missing < 0 or len(found.events) != missing:
        return False
    return not missing or found.events[0].offset == since.offset + 1


def read(
    asks: Sequence[tuple[str, Position | None]], *, most: int, using: str = DEFAULT_DB_ALIAS
) -> list[Reading]:
    """Give each room's head and the first ``most`` events after a position of the same epoch, all as
    one statement saw it."""
    if not asks:
        return []
    given = [(room, *(since or (None, None))) for room, since in asks]
    rooms, epochs, offsets = (list(column) for column in zip(*given, strict=True))
    with connections[using].cursor() as cursor:
        cursor.execute(_READ, [rooms, epochs, offsets, most])
        rows = cursor.fetchall()
    found: list[Reading] = []
    for _place, same in groupby(rows, key=itemgetter(0)):
        some = list(same)
        _, room, key, epoch, head, *_event = some[0]
        events = tuple(
            Stored(offset, kind, at, json.loads(data))
            for *_room, offset, kind, at, data in some
            if offset is not None
        )
        found.append(Reading(room, key or 0, epoch or "", head or 0, events))
    return found
