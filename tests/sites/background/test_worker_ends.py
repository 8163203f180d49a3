"""A worker that is told to end ends, also where it cannot tidy up any more."""

from __future__ import annotations

import asyncio

import pytest

from sites.background import worker


async def test_a_worker_that_fails_while_it_ends_does_not_start_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[bool] = []

    async def work_and_fail() -> None:
        begun.append(True)
        try:
            await asyncio.sleep(3600)
        finally:
            raise ConnectionError("the database is gone")

    monkeypatch.setattr(worker, "_work_once", work_and_fail)
    monkeypatch.setattr(worker, "FIRST_PAUSE", 0.01)
    working = asyncio.create_task(worker.work())
    await asyncio.sleep(0.05)
    working.cancel()
    await asyncio.wait({working}, timeout=1)
    assert working.cancelled()
    assert begun == [True]
