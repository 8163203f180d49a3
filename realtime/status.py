"""How the instances of a project are, by their tables and by what PostgreSQL can be asked."""

from __future__ import annotations

import json
from typing import Any

from django.db import connections

from realtime.ways import Ways


def status() -> dict[str, Any]:
    """Give what is known: ``instances`` (each with its ``state``: "serving", "draining" or "silent",
    seconds since its heartbeat, its sockets, the rows that the table has of it, and the counters of
    its last heartbeat), and ``database``. Synchronous; raises ``django.db.DatabaseError``."""
    silent_for = Ways.configured().silent_for
    with connections["default"].cursor() as cursor:
        cursor.execute(_INSTANCES)
        instances = [_instance(row, silent_for) for row in cursor.fetchall()]
        cursor.execute(_DATABASE)
        names = ("rooms", "events", "connections", "people", "listeners", "queue")
        database = dict(zip(names, cursor.fetchone(), strict=True))
    return {"instances": instances, "database": database}


def _instance(row: tuple[Any, ...], silent_for: float) -> dict[str, Any]:
    key, machine, region, version, uptime, silent, is_draining, sockets, facts, rows = row
    state = "silent" if silent >= silent_for else "draining" if is_draining else "serving"
    return {
        "id": key.hex,
        "machine": machine,
        "region": region,
        "version": version,
        "state": state,
        "up_for": round(uptime, 1),
        "heartbeat_ago": round(silent, 1),
        "sockets": sockets,
        "rows": rows,
        "counters": json.loads(facts),  # Django's connections give jsonb as text
    }


_INSTANCES = """
    SELECT id, machine, region, version,
        extract(epoch FROM clock_timestamp() - started_at)::float8,
        extract(epoch FROM clock_timestamp() - heartbeat_at)::float8,
        is_draining, sockets, facts,
        (SELECT count(*) FROM realtime_connection WHERE instance_id = realtime_instance.id)
    FROM realtime_instance ORDER BY started_at, id
"""
#: Events are estimated (pg_class.reltuples, -1 before the first analysis): there may be millions.
_DATABASE = """
    SELECT (SELECT count(*) FROM realtime_room),
        (SELECT greatest(reltuples, 0)::bigint FROM pg_class
            WHERE oid = 'realtime_event'::regclass),
        (SELECT count(*) FROM realtime_connection),
        (SELECT count(DISTINCT user_id) FROM realtime_connection),
        (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
            AND starts_with(application_name, 'realtime listener')),
        pg_notification_queue_usage()
"""
