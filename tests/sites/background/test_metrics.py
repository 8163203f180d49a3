"""What the background counts of its jobs, and what it sees of the queue."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError

from sites.background import metrics
from sites.background.app import queueing_app
from sites.background.counted import count_jobs
from sites.background.defer import defer
from sites.background.registry import job
from tests.sites.background.conftest import works_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("only_own_jobs")]


def test_the_queue_is_seen_without_what_has_its_hour_later() -> None:
    assert metrics.look()[:2] == (0, 0)
    job("tests.metrics.note")(lambda **_given: None)
    defer("tests.metrics.note", word="one")
    defer("tests.metrics.note", word="two")
    later = datetime.now(UTC) + timedelta(hours=1)
    queueing_app().configure_task("tests.metrics.note", schedule_at=later).defer(word="later")
    waiting, oldest, _failed = metrics.look()
    assert waiting == 2
    assert 0 <= oldest < 120
    late = datetime.now(UTC) - timedelta(hours=1)
    queueing_app().configure_task("tests.metrics.note", schedule_at=late).defer(word="late")
    assert metrics.look()[0] == 3
    seen = count_jobs()  # what the office shows
    assert (seen.waiting, seen.failed) == (3, metrics.look()[2])
    assert seen.oldest <= metrics.look()[1]


async def test_jobs_are_counted_by_what_came_of_them() -> None:
    runs: list[str] = []

    @job("tests.metrics.runs", attempts=1)
    def run(*, word: str) -> None:
        runs.append(word)
        if word == "bad":
            raise OSError("on purpose")

    def counts() -> tuple[int, int]:
        values = metrics.JOBS.values()
        return (
            values.get(("tests.metrics.runs", "done"), 0),
            values.get(("tests.metrics.runs", "failed"), 0),
        )

    before = counts()

    def both() -> bool:
        for word in {"good", "bad"} - set(runs):
            defer("tests.metrics.runs", word=word)
        done, failed = counts()
        return done > before[0] and failed > before[1]

    await works_until(both)
    assert metrics.SECONDS.series()[("tests.metrics.runs",)][0][-1] >= 2


async def test_a_queue_that_cannot_be_seen_is_no_number(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    seen = asyncio.Event()
    loop = asyncio.get_running_loop()

    def away() -> tuple[float, float, float]:
        loop.call_soon_threadsafe(seen.set)
        raise DatabaseError("server closed the connection: ratih@mail.example")

    monkeypatch.setattr(metrics, "look", away)
    monkeypatch.setattr(metrics, "_seen", (1.0, 2.0, 3.0))
    watching = asyncio.create_task(metrics.watch_queue())
    await asyncio.wait_for(seen.wait(), 20)
    async with asyncio.timeout(20):
        while not math.isnan(metrics.WAITING.value):  # noqa: ASYNC110 - it is a number, not an event
            await asyncio.sleep(0.01)
    watching.cancel()
    await asyncio.wait({watching})
    assert "DatabaseError" in caplog.text
    assert "ratih" not in caplog.text
