"""Asks the table for many at once, from an event loop: one question at a time, in a thread of its own.

Who asks within ``WINDOW``, or while a question is under way, is asked for together with the next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

from realtime.errors import NotConnected
from realtime.reading import Position, Reading, read

#: Seconds. Pages that come back together come within more than this, and nobody sees it.
WINDOW: Final = 0.005
#: Rooms of one statement: some tens of milliseconds.
MOST_ROOMS: Final = 1_000

Ask = tuple[str, Position | None]
T = TypeVar("T")
_CLOSED: Final = "The feed was closed."


class Reader:
    """``most`` events of a room are read at once. Everything but the reading runs in the event loop."""

    def __init__(self, *, most: int, window: float = WINDOW) -> None:
        self._most, self._window = most, window
        self._waiting: list[tuple[Ask, asyncio.Future[Reading]]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="realtime-feed")
        self._turn: asyncio.Task[None] | None = None
        self._is_closed = False
        #: Statements so far.
        self.statements = 0

    def ask(self, room: str, since: Position | None) -> asyncio.Future[Reading]:
        """Ask for what a room holds after a position. The future ends with the reading, with the
        error of the statement, or with ``NotConnected``."""
        future: asyncio.Future[Reading] = asyncio.get_running_loop().create_future()
        if self._is_closed:
            future.set_exception(NotConnected(_CLOSED))
            return future
        self._waiting.append(((room, since), future))
        if self._turn is None:
            self._turn = asyncio.ensure_future(self._work())
        return future

    async def run(self, work: Callable[[], T]) -> T:
        """Run something else that asks the database, in the same thread."""
        self.statements += 1
        return await asyncio.get_running_loop().run_in_executor(self._thread, alone, work)

    def close(self) -> None:
        """Who waits for an answer, and who asks from now on, is told ``NotConnected``."""
        self._is_closed = True
        if self._turn is not None:
            self._turn.cancel()
        _tell_all(self._waiting, NotConnected(_CLOSED))
        self._waiting = []
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _work(self) -> None:
        try:
            await asyncio.sleep(self._window)
            while self._waiting:
                some, self._waiting = self._waiting[:MOST_ROOMS], self._waiting[MOST_ROOMS:]
                await self._answer([one for one in some if not one[1].done()])
        finally:
            self._turn = None

    async def _answer(self, asked: list[tuple[Ask, asyncio.Future[Reading]]]) -> None:
        if not asked:
            return
        # Many ask for the same, as after a restart: each question once.
        questions = list(dict.fromkeys(ask for ask, _future in asked))
        try:
            found = await self.run(lambda: read(questions, most=self._most))
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            _tell_all(asked, error)
            return
        except asyncio.CancelledError:  # closed; nobody is to wait for ever
            _tell_all(asked, NotConnected(_CLOSED))
            raise
        answers = dict(zip(questions, found, strict=True))
        for ask, future in asked:
            if not future.done():
                future.set_result(answers[ask])


def _tell_all(asked: Sequence[tuple[Ask, asyncio.Future[Reading]]], error: Exception) -> None:
    for _ask, future in asked:
        if not future.done():
            future.set_exception(error)


def alone(work: Callable[[], T]) -> T:
    """Run something with this thread's database connection, which goes back to its pool afterwards, or
    is kept where there is none."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    try:
        found = work()
    except Exception:
        connection.close()
        raise
    if getattr(connection, "pool", None):
        connection.close()
    return found
