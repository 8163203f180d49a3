from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.db import connection

from sites.background import registry
from sites.background.worker import work

Answer = TypeVar("Answer")
#: Seconds: five times what a busy machine needs.
DEADLINE = 30.0


@pytest.fixture
def only_own_jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A registry without the house's jobs, and a queue that is empty before and after."""
    registry.all_jobs()
    monkeypatch.setattr(registry, "_jobs", {})
    _empty()
    yield
    _empty()


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE"
        )


def waiting() -> list[tuple[str, str]]:
    """The jobs in the queue: their names and states, without the queue's own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, status::text FROM procrastinate_jobs"
            " WHERE task_name NOT LIKE 'background.%' ORDER BY id"
        )
        return cursor.fetchall()


async def asked(question: Callable[[], Answer]) -> Answer:
    """Ask the database something from a test that is a coroutine; leave no connection behind."""

    def ask() -> Answer:
        try:
            return question()
        finally:
            connection.close()

    return await sync_to_async(ask)()


async def works_until(done: Callable[[], bool]) -> None:
    """Let a worker run until something holds; fail after the deadline."""
    task = asyncio.create_task(work())
    until = time.monotonic() + DEADLINE
    try:
        while not await asked(done):
            assert time.monotonic() < until, "The worker did not do it."
            assert not task.done()
            await asyncio.sleep(0.02)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
