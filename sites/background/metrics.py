"""What this process counts of the background's work, and what it last saw of the queue."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import DatabaseError, connection

from realtime.metrics import Counter, Gauge, Histogram
from sites.background.counted import count_jobs

logger = logging.getLogger(__name__)

#: Seconds: a notice takes some milliseconds, a picture up to ninety seconds.
BUCKETS: Final = (0.01, 0.05, 0.25, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0)
#: Seconds between two looks at the queue, as Prometheus asks.
LOOK_EVERY: Final = 15.0

JOBS: Final = Counter(
    "jobs",
    "Jobs that ran here, by what came of them: `done`, `failed` (most are tried again).",
    ("job", "outcome"),
)
SECONDS: Final = Histogram("job_seconds", "What jobs took.", BUCKETS, ("job",))
WAITING: Final = Gauge("jobs_waiting", "Jobs of all instances whose time has come.")
OLDEST: Final = Gauge(
    "jobs_oldest_seconds", "How long the longest of them waits; every instance says the same."
)
FAILED: Final = Gauge("jobs_given_up", "Jobs of the last month that failed for good.")

_seen = (0.0, 0.0, 0.0)


@contextmanager
def timed(job: str) -> Iterator[None]:
    """Count what the block does as one run of a job."""
    began = time.perf_counter()
    outcome = "failed"
    try:
        yield
        outcome = "done"
    finally:
        SECONDS.observe(time.perf_counter() - began, job=job)
        JOBS.add(job=job, outcome=outcome)


async def watch_queue() -> None:
    """Look at the queue now and then until cancelled, so that an answer to Prometheus waits for no
    database; what cannot be seen is not a number (``NaN``)."""
    global _seen
    while True:
        try:
            _seen = await asyncio.to_thread(look)
        except DatabaseError as error:
            logger.warning("The queue cannot be looked at: %s", type(error).__name__)
            _seen = (float("nan"),) * 3
        await asyncio.sleep(LOOK_EVERY)


def look() -> tuple[float, float, float]:
    """Give how many jobs wait, for how many seconds the longest does, and how many were given up."""
    try:
        jobs = count_jobs()
    finally:
        if not connection.in_atomic_block:
            connection.close()
    return float(jobs.waiting), jobs.oldest, float(jobs.failed)


WAITING.tell(lambda: _seen[0])
OLDEST.tell(lambda: _seen[1])
FAILED.tell(lambda: _seen[2])
