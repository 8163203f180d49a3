"""One socket or stream of a person or a visitor, and what waits to be written to it."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from realtime import metrics, protocol
from realtime.protocol import Close, Message

if TYPE_CHECKING:
    from realtime.hub import Hub

logger = logging.getLogger(__name__)

#: Writes one frame; returns at once, or waits while the reader is behind.
Write = Callable[[str], Coroutine[Any, Any, None]]
#: Says the code and the reason, and ends.
End = Callable[[Close, str], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Caller:
    """Who has opened a connection, from where, at which host. ``session_key`` is empty for visitors
    without a session; ``user`` is then Django's ``AnonymousUser``."""

    user: Any
    session_key: str
    host: str
    address: str


class Connection:
    """What the hub knows of one socket (``kind`` "socket") or event stream ("sse").

    ``rooms`` are those joined, ``quiet`` those of them in which it is not counted, ``entering`` those on
    whose threshold it stands. ``id`` is a UUID in
    hex, ``user_id`` is None for visitors, ``opened_at`` is aware.
    """

    __slots__ = (
        "_end", "_hub", "_pending", "_size", "_write", "_writer", "caller", "closed_with", "entering", "id",
        "kind", "opened_at", "quiet", "rooms",
    )  # fmt: skip

    def __init__(  # noqa: PLR0913 - what makes a connection, all of it
        self,
        hub: Hub,
        caller: Caller,
        *,
        kind: Literal["socket", "sse"],
        write: Write,
        end: End,
        opened_at: datetime,
    ) -> None:
        self.id = uuid.uuid4().hex
        self.caller, self.kind, self.opened_at = caller, kind, opened_at
        self.rooms: set[str] = set()
        self.quiet: set[str] = set()
        self.entering: set[str] = set()
        self.closed_with: Close | None = None
        self._hub, self._write, self._end = hub, write, end
        self._pending: list[str] = []
        self._size = 0
        self._writer: asyncio.Task[None] | None = None

    @property
    def user_id(self) -> int | None:
        key: int | None = self.caller.user.pk
        return key

    @property
    def session_key(self) -> str:
        return self.caller.session_key

    @property
    def host(self) -> str:
        return self.caller.host

    @property
    def address(self) -> str:
        return self.caller.address

    def send(self, message: Message) -> None:
        """Have a message written with the next tick."""
        self.queue(protocol.encode(message))

    def queue(self, encoded: str) -> None:
        """Have an encoded message written with the next tick. One who reads too slowly is closed."""
        if self.closed_with is not None:
            return
        if not self._pending and self._writer is None:
            self._hub.wake(self)
        self._pending.append(encoded)
        self._size += len(encoded)
        limits = self._hub.limits
        if self._writer and (
            self._size > limits.queued_characters or len(self._pending) > limits.queued_messages
        ):
            metrics.DROPS.add(where="socket" if self.kind == "socket" else "stream")
            self.close(Close.TOO_SLOW, "You read too slowly. Come back and catch up.")

    def flush(self, frames: dict[tuple[str, ...], str]) -> None:
        """Write what waits; ``frames`` are those that this tick has already put together."""
        if self._writer or not self._pending:
            return
        key = tuple(self._pending)
        text = frames.get(key)
        if text is None:
            text = frames[key] = protocol.frame(key)
        self._pending.clear()
        self._size = 0
        self._step(self._write(text))

    def close(self, code: Close, reason: str = "") -> None:
        """End it with a code. What waits is still written, except to one who is behind."""
        if self.closed_with is not None:
            return
        if self._writer is None:
            self.flush({})
        self._pending.clear()
        self.closed_with = code
        self._step(self._end(code, reason))

    def lost(self) -> None:
        """The other side has gone."""
        self._pending.clear()
        if self._writer:
            self._writer.cancel()

    def _step(self, writing: Coroutine[Any, Any, None]) -> None:
        """Write without a task of its own where nothing has to be waited for, which is nearly always.

        A task costs more than writing does, and this happens for each socket of each message.
        """
        try:
            waiting_for = writing.send(None)
        except StopIteration:
            return
        except Exception as error:  # noqa: BLE001 - servers differ in what they raise
            self._gone(error)
            return
        task = self._hub.loop.create_task(self._write_on(_Begun(writing, waiting_for)))
        self._writer = task
        task.add_done_callback(self._written)

    async def _write_on(self, begun: Awaitable[None]) -> None:
        """Write what gathers while the reader is behind, until it has caught up."""
        try:
            await begun
            while self._pending:
                text = protocol.frame(self._pending)
                self._pending.clear()
                self._size = 0
                await self._write(text)
        except Exception as error:  # noqa: BLE001 - as in _step
            self._gone(error)

    def _written(self, task: asyncio.Task[None]) -> None:
        if self._writer is task:
            self._writer = None
            if self._pending:  # It came between the writer's last look and this moment.
                self._hub.wake(self)

    def _gone(self, error: Exception) -> None:
        # The server has noticed, and tells the receiving side. A kind of error that it does not use
        # for that would be a fault of ours.
        self._pending.clear()
        logger.debug("A write to %s failed: %r.", self.id, error)


class _Begun:
    """A coroutine whose first step has been taken, to be awaited to its end."""

    __slots__ = ("_coroutine", "_waiting_for")

    def __init__(self, coroutine: Coroutine[Any, Any, None], waiting_for: Any) -> None:
        self._coroutine, self._waiting_for = coroutine, waiting_for

    def __await__(self) -> Generator[Any, Any, None]:
        try:
            yield self._waiting_for
        except BaseException:
            self._coroutine.close()
            raise
        yield from self._coroutine.__await__()
