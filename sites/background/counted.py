"""How much work waits in the background, by one query; nothing of procrastinate is loaded."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection


class Jobs(NamedTuple):
    """Jobs whose moment has come and that nobody has taken, that run, and that failed for good."""

    waiting: int
    running: int
    failed: int


def count_jobs() -> Jobs:
    """Count the jobs in the queue. Those that failed are kept for ``app.FAILED_KEPT``."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        return Jobs(*cursor.fetchone())


_COUNT = """
    SELECT
        count(*) FILTER (WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())),
        count(*) FILTER (WHERE status = 'doing'),
        count(*) FILTER (WHERE status = 'failed')
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')
"""
