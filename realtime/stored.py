"""Messages that wait in a table: those too long for a NOTIFY, and those for workers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from psycopg import pq

from realtime.link import Param, Statement
from realtime.sender import Sender

_BINARY: Final = 1

#: Bytes of a row of a long message. What PostgreSQL and libpq copy several times stays in the
#: processor's cache, and the server stores one piece while the next is on its way (measured: 500 KB
#: are stored in 1.7 ms instead of 2.3, and read in 1.2 instead of 1.9).
PIECE_BYTES: Final = 48_000
#: The last digits of a row's key are the number of the piece (hexadecimal).
_DIGITS: Final = 8

_STORE: Final = Statement(
    b"store",
    b"""
    INSERT INTO realtime_longmessage (key, body, expires_at)
    VALUES ($1::uuid, $2::bytea, now() + make_interval(secs => $3::float8))
    """,
    formats=(0, _BINARY, 0),
)
_NOTIFY: Final = Statement(b"notify", b"SELECT pg_notify($1, $2)")
#: IS TRUE keeps the planner off the index of expires_at, through which it takes twice as long.
_READ: Final = Statement(
    b"read",
    b"""
    SELECT body FROM realtime_longmessage
    WHERE key BETWEEN $1::uuid AND $2::uuid AND (expires_at > now()) IS TRUE ORDER BY key
    """,
    result_format=_BINARY,
)
_QUEUE: Final = Statement(
    b"queue",
    b"""
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
    """,
    formats=(0, _BINARY, 0, 0, 0, 0),
)
#: The row goes with the statement that reads it: whoever takes a message has it alone, and a worker
#: that dies takes only what it had in its hands along.
_TAKE: Final = Statement(
    b"take",
    b"""
    DELETE FROM realtime_workermessage WHERE id = (
        SELECT id FROM realtime_workermessage
        WHERE channel = $1::varchar AND expires_at > now()
        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
    )
    RETURNING body
    """,
    result_format=_BINARY,
)
#: Rows of one statement of a sweep: a few milliseconds.
SWEPT_AT_ONCE: Final = 1000
_SWEEP_LONG: Final = Statement(
    b"sweep_long",
    b"""
    WITH old AS (
        SELECT key FROM realtime_longmessage WHERE expires_at <= now()
        ORDER BY expires_at LIMIT %d FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM realtime_longmessage USING old WHERE realtime_longmessage.key = old.key
        RETURNING 1
    )
    SELECT count(*) FROM gone
    """
    % SWEPT_AT_ONCE,
)
_SWEEP_WORKERS: Final = Statement(
    b"sweep_workers",
    b"""
    WITH old AS (
        SELECT id FROM realtime_workermessage WHERE expires_at <= now()
        ORDER BY expires_at LIMIT %d FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM realtime_workermessage USING old WHERE realtime_workermessage.id = old.id
        RETURNING 1
    )
    SELECT count(*) FROM gone
    """
    % SWEPT_AT_ONCE,
)
_EMPTY: Final = Statement(
    b"empty", b"DELETE FROM realtime_workermessage WHERE starts_with(channel, $1::text)"
)


def new_key() -> str:
    """Give the name of a long message."""
    return secrets.token_hex(16 - _DIGITS // 2)


async def store(
    sender: Sender, *, key: str, body: bytes, expiry: float, notify: tuple[bytes, bytes]
) -> None:
    """Store a long message and send ``notify`` (channel, payload), which names its key, in one
    transaction. Raises ``NotConnected`` and psycopg's errors."""
    seconds, whole = str(expiry).encode(), memoryview(body)
    calls: list[tuple[Statement, Sequence[Param]]] = [
        (_STORE, (_row(key, number), whole[start : start + PIECE_BYTES], seconds))
        for number, start in enumerate(range(0, len(whole), PIECE_BYTES))
    ]
    await sender.ask_all([*calls, (_NOTIFY, notify)])


async def read(sender: Sender, key: str) -> bytes | None:
    """Give the body of a long message; None where it has expired."""
    found = await sender.ask(_READ, [_row(key, 0), _row(key, 16**_DIGITS - 1)])
    pieces = [found.get_value(number, 0) or b"" for number in range(found.ntuples)]
    return b"".join(pieces) or None


def _row(key: str, number: int) -> bytes:
    return f"{key}{number:0{_DIGITS}x}".encode()


@dataclass(frozen=True)
class ForWorkers:
    """A message for a workers' channel (its stored name) that holds at most ``capacity``; ``expiry``
    in seconds."""

    channel: str
    body: bytes
    expiry: float
    capacity: int


async def queue(sender: Sender, message: ForWorkers, *, notify: tuple[bytes, bytes]) -> bool:
    """Put a message into a workers' channel, and wake the workers; False where it is full."""
    params: list[Param] = [
        message.channel.encode(),
        message.body,
        str(message.expiry).encode(),
        str(message.capacity).encode(),
        *notify,
    ]
    return _value(await sender.ask(_QUEUE, params)) != b"0"


async def take(sender: Sender, channel: str) -> bytes | None:
    """Take the oldest message of a workers' channel; None where there is none."""
    return _value(await sender.ask(_TAKE, [channel.encode()]))


async def sweep(sender: Sender) -> None:
    """Delete what has expired, as much as there is."""
    for statement in (_SWEEP_LONG, _SWEEP_WORKERS):
        while int(_value(await sender.ask(statement, [])) or 0) >= SWEPT_AT_ONCE:
            continue


async def empty(sender: Sender, prefix: str) -> None:
    """Delete what waits in the workers' channels whose stored names begin with ``prefix``."""
    await sender.ask(_EMPTY, [prefix.encode()])


def _value(result: pq.abc.PGresult) -> bytes | None:
    return result.get_value(0, 0) if result.ntuples else None
