"""Sends what the layer has to say, many messages in one statement when there are many.

Idle, a message leaves at once. While a statement is under way others gather, and leave together when
it has ended, packed into as few payloads as they fill. Every caller waits for the statement that
carried its message, so that what one caller sends keeps its order, whatever is packed with it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg import pq

from realtime.errors import NotConnected
from realtime.link import Answer, Link, Param, settle
from realtime.wire import MOST_FRAMES, ROOM, Kind, frame, payload, to_bytes

#: Payloads of one statement: 250 KB, some milliseconds of a network.
MOST_PAYLOADS: Final = 32
#: Bytes of a message that travels in payloads; the last of a burst waits for what goes before, and
#: PostgreSQL keeps all of it in its queue of 8 GB until the slowest listener has read it.
MOST_IN_PAYLOADS: Final = 8 * ROOM
#: Bytes around a part: MessagePack's head, the kind, the mark of the last, a length of two bytes.
_PART_HEAD: Final = 2 * 8
#: Seconds that a lost connection may take to come back before those who send are told.
PATIENCE: Final = 5.0


@dataclass(slots=True)
class _Said:
    """A frame on its way: the NOTIFY channel, its text, and who waits for it."""

    to: bytes
    text: bytes
    done: asyncio.Future[None]


@dataclass(slots=True)
class _Asked:
    """Any other statement that has its turn among the frames."""

    statement: bytes
    params: list[Param]
    formats: list[int] | None
    result_format: int
    done: asyncio.Future[pq.abc.PGresult]


@dataclass
class Sender:
    """``name`` is unique among all senders; ``connect`` gives a new link, and is called again when
    one was lost."""

    name: str
    connect: Callable[[Callable[[], None]], Awaitable[Link]]
    statements: int = 0
    _waiting: deque[_Said | _Asked] = field(default_factory=deque)
    _link: Link | None = None
    _connecting: asyncio.Task[None] | None = None
    _numbers: Any = field(default_factory=itertools.count)
    _closed: bool = False

    def say(self, to: bytes, text: bytes) -> asyncio.Future[None]:
        """Send a frame to those who LISTEN to ``to``; the future ends when PostgreSQL has it.

        It ends with ``NotConnected`` where that is unknown, or no connection is to be had.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if len(text) > ROOM:
            self._waiting.extend(_parts(to, text, done))
        else:
            self._waiting.append(_Said(to, text, done))
        self._go()
        return done

    def ask(
        self,
        statement: bytes,
        params: list[Param],
        *,
        formats: list[int] | None = None,
        result_format: int = 0,
    ) -> asyncio.Future[pq.abc.PGresult]:
        """Run a statement after what was said before it."""
        done: asyncio.Future[pq.abc.PGresult] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Asked(statement, params, formats, result_format, done))
        self._go()
        return done

    def close(self) -> None:
        """Close the connection; who waits is told ``NotConnected``."""
        self._closed = True
        if self._connecting:
            self._connecting.cancel()
        if self._link:
            self._link.close()
        self._refuse(NotConnected("The channel layer was closed."))

    def abandon(self) -> None:
        """Close the connection of a loop that has ended."""
        if self._link:
            self._link.abandon()

    # ---------------------------------------------------------------------------------------

    def _go(self) -> None:
        link = self._link
        if link is None or not link.is_open:
            if self._connecting is None and not self._closed:
                self._connecting = asyncio.ensure_future(self._reconnect())
            return
        if not link.is_busy and self._waiting:
            first = self._waiting[0]
            if isinstance(first, _Asked):
                self._waiting.popleft()
                self._start(link, first.statement, first.params, first, first.done)
            else:
                self._send_batch(link)

    def _send_batch(self, link: Link) -> None:
        batch = _Batch(self)
        while self._waiting and isinstance(said := self._waiting[0], _Said):
            if not batch.take(said):
                break
            self._waiting.popleft()
        params = batch.params()
        count = len(params) // 2
        self.statements += 1
        name = b"say%d" % count
        try:
            link.start(_notify(count), params, batch.answer(self._go), prepare=name)
        except NotConnected as error:
            batch.settle(error)

    def _start(
        self,
        link: Link,
        statement: bytes,
        params: list[Param],
        asked: _Asked,
        done: asyncio.Future[pq.abc.PGresult],
    ) -> None:
        self.statements += 1
        settled = settle(done)

        def answer(result: pq.abc.PGresult | None, error: BaseException | None) -> None:
            settled(result, error)
            self._go()

        try:
            link.start(
                statement,
                params,
                answer,
                formats=asked.formats,
                result_format=asked.result_format,
            )
        except NotConnected as error:
            answer(None, error)

    async def _reconnect(self) -> None:
        try:
            self._link = await asyncio.wait_for(self.connect(self._lost), PATIENCE)
        except TimeoutError:
            self._refuse(NotConnected("PostgreSQL did not answer in time."))
        except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it was
            self._refuse(error)
        finally:
            self._connecting = None
        if self._link and self._link.is_open:
            self._go()

    def _lost(self) -> None:
        self._link = None
        if self._waiting:
            self._go()

    def _refuse(self, error: Exception) -> None:
        waiting, self._waiting = self._waiting, deque()
        for one in waiting:
            if not one.done.done():
                one.done.set_exception(error)

    def next_number(self) -> int:
        number: int = next(self._numbers)
        return number


class _Batch:
    """Frames of one statement, gathered by where they go."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._payloads: list[tuple[bytes, list[bytes]]] = []
        self._open: dict[bytes, tuple[list[bytes], int]] = {}
        self._said: list[_Said] = []

    def take(self, said: _Said) -> bool:
        """Add a frame, or say that the statement is full."""
        frames, size = self._open.get(said.to, ([], ROOM))
        if size + len(said.text) > ROOM or len(frames) >= MOST_FRAMES:
            if len(self._payloads) >= MOST_PAYLOADS:
                return False
            frames, size = [], 0
            self._payloads.append((said.to, frames))
        frames.append(said.text)
        self._open[said.to] = (frames, size + len(said.text))
        self._said.append(said)
        return True

    def params(self) -> list[Param]:
        found: list[Param] = []
        for to, frames in self._payloads:
            found += (to, payload(self._sender.name, self._sender.next_number(), frames))
        return found

    def answer(self, go_on: Callable[[], None]) -> Answer:
        def answer(result: pq.abc.PGresult | None, error: BaseException | None) -> None:
            self.settle(error)
            go_on()

        return answer

    def settle(self, error: BaseException | None) -> None:
        for said in self._said:
            if said.done.done():
                continue
            if error is None:
                said.done.set_result(None)
            else:
                said.done.set_exception(error)


def _notify(count: int) -> bytes:
    calls = ", ".join(f"pg_notify(${2 * n + 1}, ${2 * n + 2})" for n in range(count))
    return f"SELECT {calls}".encode()


def _parts(to: bytes, text: bytes, done: asyncio.Future[None]) -> list[_Said]:
    """Cut a frame that is longer than a payload; its receivers put it together again."""
    pieces = [to_bytes(piece) for piece in _pieces(text, ROOM - _PART_HEAD)]
    nobody: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    nobody.set_result(None)
    last = len(pieces) - 1
    return [
        _Said(to, frame(Kind.PART, number == last, piece), done if number == last else nobody)
        for number, piece in enumerate(pieces)
    ]


def _pieces(text: bytes, size: int) -> Iterator[bytes]:
    """Cut UTF-8 into pieces of at most ``size`` bytes, never within a character."""
    start = 0
    while start < len(text):
        end = min(start + size, len(text))
        while end < len(text) and text[end] & 0xC0 == 0x80:
            end -= 1
        yield text[start:end]
        start = end
