"""Sends what the layer has to say, many messages in one statement when there are many.

Idle, a message leaves at once. While a statement is under way others gather, and leave together when
it has ended, packed into as few payloads as they fill. Every caller waits for the statement that
carried its message, so that what one caller sends keeps its order, whatever is packed with it.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from psycopg import pq

from realtime.errors import NotConnected, RealtimeError, again
from realtime.link import Calls, Link, Param, Statement, settle
from realtime.wire import MOST_FRAMES, ROOM, parts, payload

#: Payloads of one statement: 250 KB, some milliseconds of a network.
MOST_PAYLOADS: Final = 32
#: Bytes of a message that travels in payloads; the last of a burst waits for what goes before, and
#: PostgreSQL keeps all of it in its queue of 8 GB until the slowest listener has read it.
MOST_IN_PAYLOADS: Final = 8 * ROOM
#: Seconds that a lost connection may take to come back before those who send are told: a restart of
#: PostgreSQL takes two.
PATIENCE: Final = 5.0
#: Seconds between two attempts meanwhile, doubled up to the last, with full jitter.
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 0.5
_CLOSED: Final = "The channel layer was closed."


class _Said:
    """A frame on its way: the NOTIFY channel, its text, who waits for it, and whether it is all that
    they wait for."""

    __slots__ = ("done", "is_last", "text", "to")

    def __init__(self, to: bytes, text: bytes, done: asyncio.Future[None], is_last: bool) -> None:
        self.to, self.text, self.done, self.is_last = to, text, done, is_last


class _Asked:
    """Any other statements that have their turn among the frames."""

    __slots__ = ("calls", "done")

    def __init__(self, calls: Calls, done: asyncio.Future[pq.abc.PGresult]) -> None:
        self.calls, self.done = calls, done


class Sender:
    """``name`` is unique among all senders; ``connect`` gives a new link, and is called again when
    one was lost."""

    def __init__(self, name: str, connect: Callable[[Callable[[], None]], Awaitable[Link]]) -> None:
        self.name, self._connect = name, connect
        #: How many statements were sent.
        self.statements = 0
        self.is_closed = False
        self._create_future = asyncio.get_running_loop().create_future
        self._waiting: deque[_Said | _Asked] = deque()
        self._link: Link | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._numbers = itertools.count()
        #: Is something said of which more comes in the same moment?
        self._is_held = False
        #: Until when whoever sends waits for the connection to come back; None before the first.
        self._patient_until: float | None = None

    def say(self, to: bytes, text: bytes) -> asyncio.Future[None]:
        """Send a frame to those who LISTEN to ``to``; the future ends when PostgreSQL has it.

        It ends with ``NotConnected`` where that is unknown, or no connection is to be had. A frame
        whose future is cancelled before it has left does not leave.
        """
        done: asyncio.Future[None] = self._create_future()
        if len(text) <= ROOM:
            self._waiting.append(_Said(to, text, done, True))
        else:
            *first, last = parts(text)
            self._waiting.extend(_Said(to, part, done, False) for part in first)
            self._waiting.append(_Said(to, last, done, True))
        self._go()
        return done

    def ask(self, statement: Statement, params: list[Param]) -> asyncio.Future[pq.abc.PGresult]:
        """Run a statement after what was said before it."""
        return self.ask_all([(statement, params)])

    def ask_all(self, calls: Calls) -> asyncio.Future[pq.abc.PGresult]:
        """Run statements as one transaction, and give the result of the last."""
        done: asyncio.Future[pq.abc.PGresult] = self._create_future()
        self._waiting.append(_Asked(calls, done))
        self._go()
        return done

    @contextmanager
    def together(self) -> Iterator[None]:
        """Have what is said within the block leave together at its end."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
            self._go()

    def next_number(self) -> int:
        """Give a number that no other payload of this sender has."""
        return next(self._numbers)

    def close(self) -> None:
        """Close the connection; who waits, and who comes later, is told ``NotConnected``."""
        self.is_closed = True
        if self._connecting:
            self._connecting.cancel()
        if self._link:
            self._link.close()
        self._refuse(NotConnected(_CLOSED))

    def abandon(self) -> None:
        """Close the connection of a loop that has ended."""
        self.is_closed = True
        if self._link:
            self._link.abandon()

    # ---------------------------------------------------------------------------------------

    def _go(self) -> None:
        if self._is_held:
            return
        link = self._link
        if link is None or not link.is_open:
            if self.is_closed:
                self._refuse(NotConnected(_CLOSED))
            elif self._connecting is None:
                self._connecting = asyncio.ensure_future(self._reconnect())
            return
        waiting = self._waiting
        while waiting and not link.is_busy and link.is_open:
            first = waiting[0]
            if first.done.done():  # its caller has given up
                waiting.popleft()
            elif isinstance(first, _Asked):
                waiting.popleft()
                self._start(link, first)
            else:
                self._send_batch(link)

    def _send_batch(self, link: Link) -> None:
        batch = _Batch()
        waiting = self._waiting
        while waiting and isinstance(said := waiting[0], _Said):
            if not said.done.done() and not batch.take(said):
                break
            waiting.popleft()
        params: list[Param] = []
        for to, frames in batch.payloads:
            params += (to, payload(self.name, next(self._numbers), frames))
        count = len(batch.payloads)
        self.statements += 1

        def answer(_result: pq.abc.PGresult | None, error: BaseException | None) -> None:
            batch.settle(error)
            self._go()

        try:
            link.start(((_notify(count), params),), answer)
        except NotConnected as error:
            answer(None, error)

    def _start(self, link: Link, asked: _Asked) -> None:
        self.statements += 1
        settled = settle(asked.done)

        def answer(result: pq.abc.PGresult | None, error: BaseException | None) -> None:
            settled(result, error)
            self._go()

        try:
            link.start(asked.calls, answer)
        except NotConnected as error:
            answer(None, error)

    # --- the connection --------------------------------------------------------------------

    async def _reconnect(self) -> None:
        """Connect for those who wait. Where there was a connection before, they wait some time; who
        comes after that is told at once, and each makes an attempt."""
        pause = FIRST_PAUSE
        try:
            while self._waiting:
                try:
                    self._link = await asyncio.wait_for(self._connect(self._lost), PATIENCE)
                except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it was
                    if not self._has_patience(error):
                        self._refuse(_as_ours(error))
                        return
                    await asyncio.sleep(random.uniform(0, pause))  # noqa: S311 - not a secret
                    pause = min(2 * pause, LONGEST_PAUSE)
                else:
                    self._patient_until = time.monotonic() + float("inf")
                    return
        finally:
            self._connecting = None
            if self._link and self._link.is_open:
                self._go()

    def _has_patience(self, error: Exception) -> bool:
        """May those who wait go on waiting after this error?"""
        if self._patient_until is None or not isinstance(error, NotConnected | TimeoutError):
            return False
        now = time.monotonic()
        self._patient_until = min(self._patient_until, now + PATIENCE)
        return now < self._patient_until

    def _lost(self) -> None:
        self._link = None
        if self._waiting:
            self._go()

    def _refuse(self, error: BaseException) -> None:
        waiting, self._waiting = self._waiting, deque()
        for one in waiting:
            if not one.done.done():
                one.done.set_exception(again(error))


class _Batch:
    """Frames of one statement, gathered by where they go."""

    __slots__ = ("_open", "_said", "payloads")

    def __init__(self) -> None:
        self.payloads: list[tuple[bytes, list[bytes]]] = []
        #: The payload that is being filled for each NOTIFY channel, and the bytes it has room for.
        self._open: dict[bytes, tuple[list[bytes], int]] = {}
        self._said: list[_Said] = []

    def take(self, said: _Said) -> bool:
        """Add a frame, or say that the statement is full."""
        frames, room = self._open.get(said.to, (_NONE, 0))
        size = len(said.text)
        if size > room or len(frames) >= MOST_FRAMES:
            if len(self.payloads) >= MOST_PAYLOADS:
                return False
            frames, room = [], ROOM
            self.payloads.append((said.to, frames))
        frames.append(said.text)
        self._open[said.to] = (frames, room - size)
        self._said.append(said)
        return True

    def settle(self, error: BaseException | None) -> None:
        """Tell those who wait. Of a frame in parts, one that is lost is the loss of all."""
        for said in self._said:
            if said.done.done():
                continue
            if error is not None:
                said.done.set_exception(again(error))
            elif said.is_last:
                said.done.set_result(None)


_NONE: Final[list[bytes]] = []
_statements: Final[dict[int, Statement]] = {}


def _notify(count: int) -> Statement:
    found = _statements.get(count)
    if found is None:
        calls = ", ".join(f"pg_notify(${2 * n + 1}, ${2 * n + 2})" for n in range(count))
        found = _statements[count] = Statement(b"say%d" % count, f"SELECT {calls}".encode())
    return found


def _as_ours(error: Exception) -> BaseException:
    if isinstance(error, RealtimeError):
        return error
    words: Any = str(error) or "no answer in time"
    return NotConnected(f"PostgreSQL cannot be reached: {words}")
