"""What a worker does with jobs, with those that fail, and with those of workers that are gone."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest
from django.db import connection
from procrastinate.manager import JobManager
from procrastinate.worker import Worker
from psycopg import AsyncConnection

from sites.background import app, worker
from sites.background.defer import defer
from sites.background.registry import ShouldStop, job
from tests.sites.background.conftest import DEADLINE, asked, waiting, works_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_own_jobs")]


async def later(name: str, **arguments: str) -> None:
    await asked(lambda: defer(name, **arguments))


async def test_a_job_is_done_and_leaves_no_row() -> None:
    done: list[str] = []
    job("tests.note")(lambda *, word: done.append(word))
    await later("tests.note", word="before the worker")
    await works_until(lambda: len(done) == 1 and not waiting())
    assert done == ["before the worker"]


async def test_a_worker_hears_of_a_job_at_once() -> None:
    done = threading.Event()
    job("tests.note")(lambda: done.set())

    def defer_then_done() -> bool:
        if not waiting() and not done.is_set():
            defer("tests.note")
        return done.is_set()

    begun = time.monotonic()
    await works_until(defer_then_done)
    # Else it would have been found by the look that comes every 30 seconds.
    assert time.monotonic() - begun < worker.LOOK_EVERY / 2


async def test_what_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "WAIT", 0)
    tries: list[int] = []

    @job("tests.shaky", attempts=3)
    def shaky() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("not yet")

    await later("tests.shaky")
    await works_until(lambda: len(tries) == 3 and not waiting())


async def test_what_always_fails_is_kept_to_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "WAIT", 0)
    tries: list[int] = []

    @job("tests.never", attempts=2)
    def never() -> None:
        tries.append(1)
        raise OSError("never")

    await later("tests.never")
    await works_until(lambda: waiting() == [("tests.never", "failed")])
    assert len(tries) == 2


async def test_a_job_of_a_worker_that_is_gone_is_done_again() -> None:
    done = threading.Event()
    job("tests.note")(lambda: done.set())
    await later("tests.note")
    await asked(_taken_by_a_dead_worker)
    await works_until(lambda: done.is_set() and not waiting())


def _taken_by_a_dead_worker() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '1 hour') RETURNING id"
        )
        (dead,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [dead])


async def test_of_two_workers_one_takes_each_scheduled_turn() -> None:
    turns: list[int] = []
    ended = threading.Event()
    # Once a year: whenever this test runs, the turn is one that the machine slept through.
    at = time.gmtime(time.time() - 3600)
    job("tests.yearly", cron=f"{at.tm_min} {at.tm_hour} {at.tm_mday} {at.tm_mon} *")(
        lambda: turns.append(1)
    )
    job("tests.last")(lambda: ended.set())
    await asyncio.gather(works_until(lambda: bool(turns)), works_until(lambda: bool(turns)))
    await later("tests.last")
    await works_until(ended.is_set)
    assert turns == [1]


async def test_a_stopped_worker_gives_back_what_it_was_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "GRACE", 0.1)
    monkeypatch.setattr(app, "WAIT", 0)
    begun = threading.Event()

    @job("tests.long", stoppable=True)
    def long(*, should_stop: ShouldStop) -> None:
        begun.set()
        until = time.monotonic() + 30
        while not should_stop():
            assert time.monotonic() < until
            time.sleep(0.01)
        raise InterruptedError("stopped")

    await later("tests.long")
    await works_until(begun.is_set)
    assert await asked(waiting) == [("tests.long", "todo")]


async def test_a_worker_survives_the_loss_of_its_connections() -> None:
    done: list[str] = []
    job("tests.note")(lambda *, word: done.append(word))
    killed = threading.Event()

    def kill_then_work() -> bool:
        if not done and not killed.is_set():
            if not waiting():
                defer("tests.note", word="first")
            return False
        if not killed.is_set():
            killed.set()
            _cut_connections()
            defer("tests.note", word="second")
        return "second" in done

    await works_until(kill_then_work)


async def test_a_job_that_comes_while_nobody_listens_is_found_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done, is_deaf, is_deferred = (threading.Event() for _ in range(3))
    job("tests.note")(lambda: done.set())
    connect = AsyncConnection.connect
    deferred_at: list[float] = []

    async def connect_again(*address: Any, **options: Any) -> AsyncConnection:
        if is_deaf.is_set():
            await asyncio.to_thread(is_deferred.wait, worker.LOOK_EVERY)
        return await connect(*address, **options)

    monkeypatch.setattr(AsyncConnection, "connect", connect_again)

    def deafen_then_work() -> bool:
        if not is_deaf.is_set() and _is_at_rest():
            is_deaf.set()
            assert _cut_connections("query ILIKE 'LISTEN%'") == 1
            defer("tests.note")
            deferred_at.append(time.monotonic())
            is_deferred.set()
        return done.is_set()

    await works_until(deafen_then_work)
    assert time.monotonic() - deferred_at[0] < worker.LOOK_EVERY / 2


async def test_a_job_that_comes_while_the_worker_asks_is_found_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is not in the answer that is on its way, and what is told meanwhile is forgotten with it."""
    done, told = threading.Event(), asyncio.Event()
    job("tests.note")(lambda: done.set())
    fetch_job, handle = JobManager.fetch_job, Worker._handle_notification
    deferred_at: list[float] = []

    async def fetch(self: JobManager, **asked_for: Any) -> Any:
        found = await fetch_job(self, **asked_for)
        if found is None and not deferred_at:
            deferred_at.append(time.monotonic())
            await later("tests.note")
            await asyncio.wait_for(told.wait(), DEADLINE)
        return found

    async def hear(self: Worker, *, channel: str, notification: Any) -> None:
        await handle(self, channel=channel, notification=notification)
        if deferred_at and notification["job_id"]:
            told.set()

    monkeypatch.setattr(JobManager, "fetch_job", fetch)
    monkeypatch.setattr(Worker, "_handle_notification", hear)
    await works_until(done.is_set)
    assert time.monotonic() - deferred_at[0] < worker.LOOK_EVERY / 2


def _is_at_rest() -> bool:
    """Has the worker found nothing to do, and listens? Both of its connections say so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), bool_or(query ILIKE 'LISTEN%') FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'esensi-worker'"
            " AND state = 'idle' AND state_change < clock_timestamp() - interval '0.3 s'"
        )
        return tuple(cursor.fetchone()) == (2, True)


def _cut_connections(which: str = "true") -> int:
    """End the worker's connections, and give their number; they are gone when this returns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname ="  # noqa: S608 - of constants alone
            f" current_database() AND application_name = 'esensi-worker' AND {which}"
        )
        return len(cursor.fetchall())


async def test_only_inside_the_web_process_works_with_it(settings: Any) -> None:
    for where in ("separate", "off"):
        settings.WORKER = where
        await asyncio.wait_for(worker.run_worker(after=3600), 5)
