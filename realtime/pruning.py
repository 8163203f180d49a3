"""Takes away events that are kept no longer: of each room the oldest, in small transactions.

Publishing is never blocked: a publisher writes a room's row and new events, and neither is touched
here. Any number of instances may prune; one does at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from realtime.rooms import LONGEST_KEPT, MOST_KEPT, known_kinds, split

#: Rooms looked at in one statement: one entry of the index each, some milliseconds.
ROOMS_AT_ONCE: Final = 500
#: Events deleted in one transaction: some ten milliseconds.
EVENTS_AT_ONCE: Final = 2_000
#: Deleted events from which their places are made free at once: autovacuum comes once a minute, and
#: until then the table would grow by what is published. Fewer are left to it.
VACUUM_FROM: Final = 10_000
#: It blocks nobody. (To give pages back to the system would lock the table for a moment.)
_VACUUM: Final = "VACUUM (TRUNCATE false) realtime_event"
#: The advisory lock of who prunes, held for a transaction at a time: "prun" in ASCII.
LOCK: Final = 0x7072756E

#: The next rooms that have events, with the oldest event of each: from room to room by the index
#: alone (a loose scan), since most of a house's rooms are silent, and those are not in it.
_OLDEST: Final = """
WITH RECURSIVE oldest (room_id, "offset", at) AS (
    (SELECT room_id, "offset", at FROM realtime_event WHERE room_id > %s
     ORDER BY room_id, "offset" LIMIT 1)
    UNION ALL
    SELECT next.* FROM oldest, LATERAL (
        SELECT room_id, "offset", at FROM realtime_event WHERE room_id > oldest.room_id
        ORDER BY room_id, "offset" LIMIT 1
    ) AS next
)
SELECT oldest.room_id, oldest."offset", oldest.at, room.name, room.head
FROM (SELECT * FROM oldest LIMIT %s) AS oldest
LEFT JOIN realtime_room AS room ON room.id = oldest.room_id
ORDER BY oldest.room_id
"""
#: The first events of a room up to the first that is kept.
_DELETE: Final = """
WITH first AS (
    SELECT "offset", at FROM realtime_event WHERE room_id = %(room)s
    ORDER BY "offset" LIMIT %(most)s
), kept AS (
    SELECT min("offset") AS "offset" FROM first
    WHERE at >= %(since)s AND "offset" > %(above)s
)
DELETE FROM realtime_event WHERE room_id = %(room)s
    AND "offset" <= (SELECT max("offset") FROM first)
    AND "offset" < coalesce((SELECT "offset" FROM kept), (SELECT max("offset") + 1 FROM first))
"""

_ERASE: Final = """
DELETE FROM realtime_event WHERE room_id = (SELECT id FROM realtime_room WHERE name = %s)
"""
_COUNT: Final = """
SELECT count(*) FROM realtime_event WHERE room_id = %(room)s AND "offset" < coalesce((
    SELECT min("offset") FROM realtime_event
    WHERE room_id = %(room)s AND at >= %(since)s AND "offset" > %(above)s
), 9223372036854775807)
"""


class Oldest(NamedTuple):
    """A room that has events, and its oldest; ``name`` is None where the room itself is gone."""

    room: int
    offset: int
    at: datetime
    name: str | None
    head: int | None


def prune(*, now: datetime, using: str = DEFAULT_DB_ALIAS) -> int:
    """Delete the events that their rooms keep no longer, as of ``now``; give their number.

    Somebody else who is pruning is left to it. Each transaction is short; who stops this in between
    loses nothing. Not to be called in a transaction.
    """
    pruned = _prune(now, using)
    if pruned >= VACUUM_FROM and not connections[using].in_atomic_block:
        with connections[using].cursor() as cursor:
            cursor.execute(_VACUUM)
    return pruned


def _prune(now: datetime, using: str) -> int:
    pruned, after = 0, 0
    while True:
        with transaction.atomic(using=using):
            if not _is_mine(using):
                return pruned
            oldest = _oldest(after, using)
        for one in oldest:
            for number in _prune_room(one, now, using):
                pruned += number
        if len(oldest) < ROOMS_AT_ONCE:
            return pruned
        after = oldest[-1].room


def erase_forever(room: str, *, using: str = DEFAULT_DB_ALIAS) -> int:
    """Delete everything that was published in a room, within the caller's transaction; give the number
    of events. Who was in it gets its snapshot when they come back. What is being published at the same
    moment stays, so first see that nothing is."""
    split(room)
    with connections[using].cursor() as cursor:
        cursor.execute(_ERASE, [room])
        return int(cursor.rowcount)


def count_prunable(*, now: datetime, using: str = DEFAULT_DB_ALIAS) -> int:
    """Give how many events ``prune`` would delete."""
    number, after = 0, 0
    while True:
        oldest = _oldest(after, using)
        for one in oldest:
            since, above = _kept(one, now)
            with connections[using].cursor() as cursor:
                cursor.execute(_COUNT, {"room": one.room, "since": since, "above": above})
                number += cursor.fetchone()[0]
        if len(oldest) < ROOMS_AT_ONCE:
            return number
        after = oldest[-1].room


def _prune_room(one: Oldest, now: datetime, using: str) -> Iterator[int]:
    since, above = _kept(one, now)
    if one.at >= since and one.offset > above:
        return
    words: dict[str, Any] = {
        "room": one.room,
        "since": since,
        "above": above,
        "most": EVENTS_AT_ONCE,
    }
    while True:
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            if not _is_mine(using):
                return
            cursor.execute(_DELETE, words)
            number = cursor.rowcount
        yield number
        if number < EVENTS_AT_ONCE:
            return


def _kept(one: Oldest, now: datetime) -> tuple[datetime, int]:
    """Give since when, and above which offset, a room's events are kept."""
    if one.name is None or one.head is None:
        return now, one.offset + MOST_KEPT**2  # nobody can ask for them any more
    kind = known_kinds().get(one.name.partition(".")[0])
    if kind is None:  # of a part of the program that is not installed here
        return now - LONGEST_KEPT, one.head - MOST_KEPT
    return now - kind.keep_for, one.head - kind.keep_at_most


def _oldest(after: int, using: str) -> list[Oldest]:
    with connections[using].cursor() as cursor:
        cursor.execute(_OLDEST, [after, ROOMS_AT_ONCE])
        return [Oldest(*row) for row in cursor.fetchall()]


def _is_mine(using: str) -> bool:
    """Take the right to prune until this transaction ends; False where another has it."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        (taken,) = cursor.fetchone()
        return bool(taken)
