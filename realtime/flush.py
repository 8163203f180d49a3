"""Writes a transaction's events and commits it, in one message to the server.

The room's row is locked from the moment in which its event is written until the commit. Whoever sent
COMMIT only when the events' answer had come would hold the lock for two turns of its thread: with 32
threads of one process that costs a third of the rate. So both go together, as one simple query: it
needs no prepared statement, and passes through any pooler (docs/decisions/0018).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import psycopg
from psycopg import generators, pq

from realtime.gathering import Gathered
from realtime.stream_errors import NotWritten, WrongIsolation

#: Constraints that Django defers are checked first. At the commit they would wait for rows that
#: somebody else holds who waits for our room: a deadlock.
_CHECK: Final = b"SET CONSTRAINTS ALL IMMEDIATE"
#: How a moment is written: ISO 8601 in UTC.
MOMENT: Final = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
#: 1, or an error (division_by_zero): under a stricter isolation two publishers of a room would fail by
#: chance, and nobody is to learn that on their busiest day.
_ISOLATED: Final = "1 / (current_setting('transaction_isolation') = 'read committed')::int"
#: One event, as most transactions have: by a function (migration 0004), whose statements are planned
#: once for each session.
_ONE: Final = b"SELECT * FROM realtime_publish(%b, %b, %b)"
#: Rooms are locked in the order of their names, which is the same for all: no deadlock. The number of
#: an event within its room is known before; its offset follows from the head.
_MANY: Final = f"""
WITH bumped AS (
    INSERT INTO realtime_room AS room (name, head)
    SELECT name, number * ({_ISOLATED})
    FROM unnest(%(names)s::text[], %(numbers)s::int[]) WITH ORDINALITY AS asked (name, number, place)
    ORDER BY place
    ON CONFLICT (name) DO UPDATE SET head = room.head + excluded.head
    RETURNING id, name, epoch, head
), written AS (
    INSERT INTO realtime_event (room_id, "offset", kind, data, at)
    SELECT bumped.id, bumped.head - event.behind, event.kind, event.data::jsonb, clock_timestamp()
    FROM unnest(%(rooms)s::text[], %(behind)s::int[], %(kinds)s::text[], %(data)s::text[])
        AS event (room, behind, kind, data)
    JOIN bumped ON bumped.name = event.room
    RETURNING room_id, "offset", at
)
SELECT name, "offset", epoch, {MOMENT.format("at")}
FROM written JOIN bumped ON bumped.id = written.room_id
"""  # noqa: S608 - constants
#: What the server says under a stricter isolation: by our own statements, or because it is one.
_STRICTER: Final = (
    psycopg.errors.DivisionByZero,
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.SerializationFailure,
)


class Written(NamedTuple):
    """An event with the place that it got in its room's stream."""

    room: str
    epoch: str
    offset: int
    at: str
    kind: str
    text: str


def commit(connection: psycopg.Connection[Any], gathered: Sequence[Gathered]) -> list[Written]:
    """Write events as the last thing in the connection's transaction, and commit it.

    Gives the events by room and offset. Raises psycopg's errors, ``WrongIsolation`` and
    ``NotWritten``; then nothing is committed.
    """
    if len(gathered) == 1:
        (event,) = gathered
        quoted = pq.Escaping(connection.pgconn).escape_literal
        words = tuple(quoted(word.encode()) for word in event)
        ((epoch, offset, at),) = _commit(connection, _ONE % words)
        return [Written(event.room, epoch, int(offset), at, event.kind, event.text)]
    # The sort is stable: within a room events keep the order in which they were published.
    ordered = sorted(gathered, key=lambda one: one.room)
    many = psycopg.ClientCursor(connection).mogrify(_MANY.encode(), _many(ordered))
    found = _commit(connection, many.encode())
    rows = sorted((room, int(offset), epoch, at) for room, offset, epoch, at in found)
    return [
        Written(room, epoch, offset, at, event.kind, event.text)
        for event, (room, offset, epoch, at) in zip(ordered, rows, strict=True)
    ]


def _commit(connection: psycopg.Connection[Any], statement: bytes) -> list[tuple[str, ...]]:
    """Give the statement's rows, as text. By libpq itself: psycopg's cursor takes as long again as the
    server, to convert what is text here."""
    pgconn = connection.pgconn
    with connection.lock:
        pgconn.send_query(b"%b; %b; COMMIT" % (_CHECK, statement))
        results = connection.wait(generators.execute(pgconn))
    for result in results:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            error = psycopg.errors.error_from_result(result)
            if isinstance(error, _STRICTER):
                raise WrongIsolation from error
            raise error
    _checked, written, ended = results
    if ended.command_status != b"COMMIT":
        said = (ended.command_status or b"nothing").decode()
        raise NotWritten(f"The transaction ended with {said}, not with COMMIT.")
    return [
        tuple((written.get_value(row, column) or b"").decode() for column in range(written.nfields))
        for row in range(written.ntuples)
    ]


def _many(events: Sequence[Gathered]) -> dict[str, Any]:
    """``events`` are sorted by room."""
    numbers = Counter(event.room for event in events)
    left = dict(numbers)
    behind = []
    for event in events:
        left[event.room] -= 1
        behind.append(left[event.room])
    return {
        "names": list(numbers),
        "numbers": list(numbers.values()),
        "rooms": [event.room for event in events],
        "behind": behind,
        "kinds": [event.kind for event in events],
        "data": [event.text for event in events],
    }
