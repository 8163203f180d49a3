"""Messages that wait in a table: those too long for a NOTIFY, and those for workers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from psycopg import pq

from realtime.sender import Sender

BINARY: Final = 1

_STORE: Final = b"""
WITH stored AS (
    INSERT INTO realtime_longmessage (key, body, expires_at)
    VALUES ($1::uuid, $2::bytea, now() + make_interval(secs => $3::float8))
)
SELECT pg_notify($4, $5)
"""
_READ: Final = b"SELECT body FROM realtime_longmessage WHERE key = $1::uuid"

_QUEUE: Final = b"""
WITH queued AS (
    INSERT INTO realtime_workermessage (channel, body, expires_at)
    SELECT $1::varchar, $2::bytea, now() + make_interval(secs => $3::float8)
    WHERE (
        SELECT count(*) FROM (
            SELECT 1 FROM realtime_workermessage
            WHERE channel = $1::varchar AND expires_at > now() LIMIT $4::int
        ) AS waiting
    ) < $4::int
    RETURNING id
)
SELECT count(*) FROM (SELECT pg_notify($5, $6) FROM queued) AS woken
"""
#: The row goes with the statement that reads it: whoever takes a message has it alone, and a worker
#: that dies takes only what it had in its hands along.
_TAKE: Final = b"""
DELETE FROM realtime_workermessage WHERE id = (
    SELECT id FROM realtime_workermessage
    WHERE channel = $1::varchar AND expires_at > now()
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING body
"""
#: Rows of one sweep: a few milliseconds.
SWEPT_AT_ONCE: Final = 1000
_SWEEP: Final = b"""
WITH old AS (
    SELECT key FROM realtime_longmessage WHERE expires_at <= now()
    ORDER BY expires_at LIMIT %d FOR UPDATE SKIP LOCKED
), gone AS (
    DELETE FROM realtime_longmessage USING old WHERE realtime_longmessage.key = old.key
), late AS (
    SELECT id FROM realtime_workermessage WHERE expires_at <= now()
    ORDER BY expires_at LIMIT %d FOR UPDATE SKIP LOCKED
)
DELETE FROM realtime_workermessage USING late WHERE realtime_workermessage.id = late.id
""" % (SWEPT_AT_ONCE, SWEPT_AT_ONCE)
_EMPTY: Final = b"TRUNCATE realtime_longmessage, realtime_workermessage"


async def store(
    sender: Sender, *, key: str, body: bytes, expiry: float, notify: tuple[bytes, bytes]
) -> None:
    """Store a long message and send ``notify`` (channel, payload), which names its key, in one
    statement. Raises ``NotConnected`` and psycopg's errors."""
    params: list[bytes | None] = [key.encode(), body, str(expiry).encode(), *notify]
    await sender.ask(_STORE, params, formats=[0, BINARY, 0, 0, 0])


async def read(sender: Sender, key: str) -> bytes | None:
    """Give the body of a long message; None where it has expired."""
    return _value(await sender.ask(_READ, [key.encode()], result_format=BINARY))


@dataclass(frozen=True)
class ForWorkers:
    """A message for a workers' channel that holds at most ``capacity``; ``expiry`` in seconds."""

    channel: str
    body: bytes
    expiry: float
    capacity: int


async def queue(sender: Sender, message: ForWorkers, *, notify: tuple[bytes, bytes]) -> bool:
    """Put a message into a workers' channel, and wake the workers; False where it is full."""
    params: list[bytes | None] = [
        message.channel.encode(),
        message.body,
        str(message.expiry).encode(),
        str(message.capacity).encode(),
        *notify,
    ]
    result = await sender.ask(_QUEUE, params, formats=[0, BINARY, 0, 0, 0, 0])
    return (result.get_value(0, 0) or b"0") != b"0"


async def take(sender: Sender, channel: str) -> bytes | None:
    """Take the oldest message of a workers' channel; None where there is none."""
    return _value(await sender.ask(_TAKE, [channel.encode()], result_format=BINARY))


async def sweep(sender: Sender) -> None:
    """Delete some of what has expired."""
    await sender.ask(_SWEEP, [])


async def empty(sender: Sender) -> None:
    """Delete everything."""
    await sender.ask(_EMPTY, [])


def _value(result: pq.abc.PGresult | Any) -> bytes | None:
    value: bytes | None = result.get_value(0, 0) if result.ntuples else None
    return value
