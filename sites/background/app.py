"""procrastinate's applications: one that puts jobs into the queue, one that takes them out.

Importing this module imports procrastinate.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, Final

from procrastinate import App, JobContext, RetryStrategy
from procrastinate.contrib.django.db_cleanup import DjangoApp
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Status

from realtime.configuration import default_conninfo
from sites.background import metrics
from sites.background.connector import LookingConnector
from sites.background.registry import Job, all_jobs

#: Seconds that a scheduled job may be late and still run: a machine that slept over its hour does the
#: daily ones when it wakes.
LATEST: Final = 26 * 3600
#: A failed job waits 5 s, 25 s, 2 min, 10 min …: 5 seconds to the power of its attempts.
WAIT: Final = 5
#: Without a sign of life for so long, a worker counts as gone, and what it was at is done again. Workers
#: say that they live every 10 seconds.
GONE_AFTER: Final = 60.0
#: How long what failed for good is kept for somebody to look at.
FAILED_KEPT: Final = timedelta(days=30)
#: So that a dead connection is noticed within a minute; TCP alone takes hours.
_CONNECTION: Final = {
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "connect_timeout": 10,
    "application_name": "esensi-worker",
}


@cache
def queueing_app() -> App:
    """Give the application whose jobs join the transaction of whoever defers them."""
    return App(connector=DjangoConnector())


def working_app() -> App:
    """Give a new application that runs the jobs.

    Not through Django's pool, which a pool of transactions may stand behind: it has one connection for
    its questions and another one that listens. The jobs themselves use Django's.
    """
    connector = LookingConnector(
        conninfo=default_conninfo(), kwargs=_CONNECTION, min_size=1, max_size=1
    )
    app = DjangoApp(connector=connector, periodic_defaults={"max_delay": LATEST})
    for job in all_jobs().values():
        _add(app, job)
    _add_upkeep(app)
    return app


def _add(app: App, job: Job) -> None:
    def run(context: JobContext, /, timestamp: int | None = None, **arguments: Any) -> None:
        if job.stoppable:
            arguments["should_stop"] = context.should_abort
        with metrics.timed(job.name):
            job.run(**arguments)

    retry = RetryStrategy(max_attempts=job.attempts - 1, exponential_wait=WAIT)
    lock = job.name if job.cron else None
    task = app.task(name=job.name, retry=retry, pass_context=True, queueing_lock=lock)(run)
    if job.cron:
        app.periodic(cron=job.cron)(task)


def _add_upkeep(app: App) -> None:
    """The queue's own jobs: what a worker that is gone was at, and what failed long ago."""

    @app.periodic(cron="* * * * *")
    @app.task(name="background.retry_stalled", queueing_lock="background.retry_stalled")
    async def retry_stalled(timestamp: int) -> None:
        manager = app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=GONE_AFTER):
            known = all_jobs().get(job.task_name)
            if known and job.attempts >= known.attempts:
                # It may be what ends the worker each time.
                await manager.finish_job(job, status=Status.FAILED, delete_job=False)
            else:
                await manager.retry_job(job)

    @app.periodic(cron="23 3 * * *")
    @app.task(name="background.forget_failed", queueing_lock="background.forget_failed")
    async def forget_failed(timestamp: int) -> None:
        await app.job_manager.delete_old_jobs(
            nb_hours=round(FAILED_KEPT / timedelta(hours=1)),
            include_failed=True,
            include_cancelled=True,
            include_aborted=True,
        )
