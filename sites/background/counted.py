"""How much work waits in the background, by one query; nothing of procrastinate is loaded."""

from __future__ import annotations

from typing import Final, NamedTuple

from django.db import connection


class Jobs(NamedTuple):
    """Jobs whose moment has come and that nobody has taken, that run, and that failed for good; and for
    how many seconds the longest of the first waits."""

    waiting: int
    running: int
    failed: int
    oldest: float = 0.0


def count_jobs() -> Jobs:
    """Count the jobs in the queue. Those that failed are kept for ``app.FAILED_KEPT``."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        waiting, running, failed, oldest = cursor.fetchone()
    return Jobs(waiting, running, failed, float(oldest))


_READY: Final = "status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
_COUNT: Final = f"""
SELECT count(*) FILTER (WHERE {_READY}),
       count(*) FILTER (WHERE status = 'doing'),
       count(*) FILTER (WHERE status = 'failed'),
       coalesce(extract(epoch FROM now() - (
           SELECT coalesce(job.scheduled_at, min(event.at))
           FROM (SELECT id, scheduled_at FROM procrastinate_jobs WHERE {_READY}
                 ORDER BY id LIMIT 1) AS job
           LEFT JOIN procrastinate_events AS event ON event.job_id = job.id
           GROUP BY job.id, job.scheduled_at
       )), 0)
FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')
"""  # noqa: S608 - our own words
