"""Questions to the database that arrive together are asked together.

Two thousand sockets that come back within seconds would be as many queries of each kind; here each
waits a moment for the others, and a batch is one question.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, Generic, TypeVar

from django.db import DatabaseError

from realtime.errors import RealtimeError

logger = logging.getLogger(__name__)

#: Seconds that a question waits for others: nobody notices the shorter one, and in a storm the longer
#: one gathers a hundred. The wait doubles while many come, and halves when few do.
SHORTEST_WAIT: Final = 0.010
LONGEST_WAIT: Final = 0.160
MANY: Final = 8
#: Questions in one batch: what PostgreSQL answers within some milliseconds.
MOST: Final = 500
#: Threads that read, and so database connections, for the sockets of a process: one for who is there,
#: one for their rooms.
THREADS: Final = 2

Asked = TypeVar("Asked")
Given = TypeVar("Given")


class Unavailable(RealtimeError):
    """The database did not answer, or could not: ask again in a while."""


class Asking(Generic[Asked, Given]):
    """Collects questions and has ``work`` answer them: as many answers, in their order. One batch is
    worked on at a time; the next gathers meanwhile."""

    def __init__(self, work: Callable[[Sequence[Asked]], Awaitable[Sequence[Given]]]) -> None:
        self._work = work
        self._loop = asyncio.get_running_loop()
        self._wait = SHORTEST_WAIT
        self._waiting: list[tuple[Asked, asyncio.Future[Given]]] = []
        self._task: asyncio.Task[None] | None = None
        self.batches = 0

    async def ask(self, asked: Asked) -> Given:
        """Give the answer. Raises ``Unavailable`` where the batch failed."""
        answer: asyncio.Future[Given] = self._loop.create_future()
        self._waiting.append((asked, answer))
        if self._task is None:
            self._task = self._loop.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        try:
            while self._waiting:
                await asyncio.sleep(self._wait)
                batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                wait = self._wait * (2 if len(batch) >= MANY else 0.5)
                self._wait = min(max(wait, SHORTEST_WAIT), LONGEST_WAIT)
                await self._answer(batch)
        finally:
            self._task = None

    async def _answer(self, batch: list[tuple[Asked, asyncio.Future[Given]]]) -> None:
        self.batches += 1
        try:
            given = await self._work([asked for asked, _answer in batch])
        except Exception as error:
            # What is no fault of the database's is one of ours, to be found by its traceback.
            ours = None if isinstance(error, DatabaseError | RealtimeError) else error
            logger.warning("A batch of %d questions failed: %r.", len(batch), error, exc_info=ours)
            for _asked, answer in batch:
                if not answer.done():
                    answer.set_exception(Unavailable("The database did not answer."))
            return
        for (_asked, answer), one in zip(batch, given, strict=True):
            if not answer.done():
                answer.set_result(one)


async def in_thread(work: Callable[..., Any], *words: Any) -> Any:
    """Run what reads the database beside the loop, on the threads that all sockets share; Django's
    connections are given back after it."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, _with_connections, work, words)


def _with_connections(work: Callable[..., Any], words: tuple[Any, ...]) -> Any:
    from django.db import close_old_connections

    close_old_connections()
    try:
        return work(*words)
    finally:
        close_old_connections()


_threads: Final = ThreadPoolExecutor(THREADS, thread_name_prefix="realtime-reads")
