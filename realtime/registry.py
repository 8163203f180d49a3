"""What the tables know of instances and their connections. Synchronous, a transaction each; the clock is
PostgreSQL's alone, so that machines whose clocks differ agree on who is silent."""

from __future__ import annotations

import asyncio
import json
import uuid
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from django.db import connections, transaction

_T = TypeVar("_T")
_DATABASE: Final = "default"
#: The fact that says when an instance counted its others, in seconds of a clock of its own: what
#: happened between two countings is a rate by this, whatever the machines' clocks say.
COUNTED_AT: Final = "counted_at"


@dataclass(frozen=True)
class Identity:
    """Who an instance is: ``id`` (a UUID in hex) of the process, and its machine as Fly names it."""

    id: str
    machine: str
    region: str
    version: str


@dataclass(frozen=True)
class Peer:
    """An instance as another one sees it; ``silent`` is seconds since its heartbeat, and
    ``drain_asked`` says that an operator wants it to be empty."""

    id: str
    machine: str
    region: str
    version: str
    is_draining: bool
    sockets: int
    silent: float
    drain_asked: bool = False


@dataclass(frozen=True)
class Row:
    """A connection as it is kept; ``rooms`` are those in which it shows itself."""

    id: str
    user_id: int | None
    host: str
    kind: str
    rooms: tuple[str, ...]
    opened_at: datetime


@dataclass(frozen=True)
class State:
    """What changes of an instance while it lives."""

    sockets: int
    is_draining: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Swept:
    """Dead instances whose rows were deleted, and the rooms in which they had somebody."""

    instances: tuple[str, ...]
    rooms: tuple[str, ...]


def this_process() -> str:
    """Give what the running loop is called among the instances, a UUID in hex."""
    return _names.setdefault(asyncio.get_running_loop(), uuid.uuid4().hex)


async def in_database(work: Callable[..., _T], *words: Any) -> _T:
    """Run ``work`` in a thread, and give the thread's connection back to the pool afterwards."""

    def run() -> _T:
        try:
            return work(*words)
        finally:
            connections[_DATABASE].close()

    return await asyncio.to_thread(run)


_INSERT_ROWS: Final = """
    INSERT INTO realtime_connection (id, instance_id, user_id, host, kind, rooms, opened_at)
    SELECT new.id, %(instance)s::uuid, new.user_id, new.host, new.kind, new.rooms, new.opened_at
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS new(
        id uuid, user_id bigint, host text, kind text, rooms text[], opened_at timestamptz
    )
"""


def register(me: Identity, state: State, rows: Sequence[Row]) -> None:
    """Write an instance and all its connections, whatever was there of them."""
    with transaction.atomic(_DATABASE), connections[_DATABASE].cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO realtime_instance
                (id, machine, region, version, is_draining, sockets, facts)
            VALUES (%(id)s, %(machine)s, %(region)s, %(version)s, %(is_draining)s, %(sockets)s,
                %(facts)s::jsonb)
            ON CONFLICT (id) DO UPDATE SET heartbeat_at = now(), sockets = EXCLUDED.sockets,
                is_draining = EXCLUDED.is_draining, facts = EXCLUDED.facts
            """,
            {**asdict(me), **_params(state)},
        )
        cursor.execute("DELETE FROM realtime_connection WHERE instance_id = %s", [me.id])
        cursor.execute(_INSERT_ROWS, {"instance": me.id, "rows": _json(rows)})


def write(me: str, written: Sequence[Row], closed: Sequence[str], sockets: int) -> bool:
    """Write connections that are new or in other rooms, delete those that are closed, and beat, all in
    one statement. False, and nothing is written, where the instance has been swept.

    The instance's row is updated first: a sweep that is under way is waited for, and one that comes
    finds that the instance is alive.
    """
    with connections[_DATABASE].cursor() as cursor:
        cursor.execute(
            f"""
            WITH here AS (
                UPDATE realtime_instance SET heartbeat_at = now(), sockets = %(sockets)s
                WHERE id = %(instance)s RETURNING id
            ), gone AS (
                DELETE FROM realtime_connection
                WHERE instance_id IN (SELECT id FROM here) AND id = ANY(%(closed)s::uuid[])
            ), written AS (
                {_INSERT_ROWS} CROSS JOIN here
                ON CONFLICT (id) DO UPDATE SET rooms = EXCLUDED.rooms
            )
            SELECT count(*) FROM here
            """,  # noqa: S608 - a constant
            {"instance": me, "rows": _json(written), "closed": list(closed), "sockets": sockets},
        )
        return bool(cursor.fetchone()[0])


def beat(me: str, state: State) -> tuple[int, list[Peer]] | None:
    """Say that the instance lives; give how many connections the table has of it, and all instances,
    itself among them. None where it has been swept."""
    with connections[_DATABASE].cursor() as cursor:
        cursor.execute(
            """
            UPDATE realtime_instance SET heartbeat_at = now(), is_draining = %(is_draining)s,
                sockets = %(sockets)s, facts = %(facts)s::jsonb
            WHERE id = %(id)s
            RETURNING (SELECT count(*) FROM realtime_connection WHERE instance_id = %(id)s)
            """,
            {"id": me, **_params(state)},
        )
        found = cursor.fetchone()
    return None if found is None else (int(found[0]), peers())


def peers() -> list[Peer]:
    """Give all instances, the oldest first."""
    with connections[_DATABASE].cursor() as cursor:
        cursor.execute(
            """
            SELECT id, machine, region, version, is_draining, sockets,
                extract(epoch FROM clock_timestamp() - heartbeat_at)::float8, drain_asked
            FROM realtime_instance ORDER BY started_at, id
            """
        )
        return [Peer(one[0].hex, *one[1:]) for one in cursor.fetchall()]


def sweep(silent_for: float, *, by: str) -> Swept:
    """Delete the rows of instances other than ``by`` that have been silent for so many seconds. However
    many sweep at once, each dead instance is swept by one of them alone."""
    with connections[_DATABASE].cursor() as cursor:
        cursor.execute(
            """
            WITH dead AS (
                SELECT id FROM realtime_instance
                WHERE heartbeat_at < now() - make_interval(secs => %s) AND id <> %s
                ORDER BY id FOR UPDATE SKIP LOCKED
            ), buried AS (
                DELETE FROM realtime_instance WHERE id IN (SELECT id FROM dead) RETURNING id
            ), gone AS (
                DELETE FROM realtime_connection WHERE instance_id IN (SELECT id FROM dead)
                RETURNING rooms
            )
            SELECT (SELECT coalesce(array_agg(id), '{}') FROM buried),
                (SELECT coalesce(array_agg(DISTINCT room), '{}') FROM gone, unnest(rooms) AS room)
            """,
            [silent_for, by],
        )
        instances, rooms = cursor.fetchone()
    return Swept(tuple(one.hex for one in instances), tuple(rooms))


def remove(me: str) -> None:
    """Delete an instance and all its connections."""
    with connections[_DATABASE].cursor() as cursor:
        cursor.execute(
            """
            WITH here AS (DELETE FROM realtime_instance WHERE id = %(id)s)
            DELETE FROM realtime_connection WHERE instance_id = %(id)s
            """,
            {"id": me},
        )


def _params(state: State) -> dict[str, Any]:
    facts = json.dumps(dict(state.facts))
    return {"sockets": state.sockets, "is_draining": state.is_draining, "facts": facts}


def _json(rows: Sequence[Row]) -> str:
    return json.dumps(
        [{**asdict(row), "opened_at": row.opened_at.isoformat()} for row in rows],
        ensure_ascii=False,
    )


_names: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, str] = weakref.WeakKeyDictionary()
