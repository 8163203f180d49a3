"""Makes messages of the payloads that one event loop hears, in the order of each sender."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, Final

from realtime.wire import Kind, process_of, read, unpack

logger = logging.getLogger(__name__)

#: Frames of one process that wait for a long message of before: what a fast sender says in a second.
#: What comes beyond is dropped.
MOST_HELD: Final = 30_000

Frame = list[Any]
_PART, _STORED = int(Kind.PART), int(Kind.STORED)


class Hearing:
    """``handlers`` get a frame's fields by its kind. ``wants(kind, name)`` says whether anybody here
    cares for a long message, ``fetch(key)`` gives its body (None where it has expired), and
    ``dropped(name)`` hears of each message that is lost."""

    def __init__(
        self,
        handlers: Mapping[int, Callable[..., None]],
        *,
        wants: Callable[[int, str], bool],
        fetch: Callable[[str], Awaitable[bytes | None]],
        dropped: Callable[[str], None],
    ) -> None:
        self._handlers: dict[int, Callable[..., None]] = {**handlers, _STORED: _nothing}
        self._wants, self._fetch, self._dropped = wants, fetch, dropped
        #: Frames, each with its sender, of processes whose long message is being fetched. One caller
        #: may speak through several senders of its process, and is heard in order.
        self._held: dict[str, list[tuple[str, Frame]]] = {}
        #: What has arrived of a frame in parts; a sender sends one after another.
        self._parts: dict[str, list[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def hear(self, text: bytes) -> None:
        """Take one payload."""
        try:
            sender, _number, frames = read(text)
        except ValueError as error:
            logger.warning("%s It was left out.", error)
            return
        held = self._held.get(process_of(sender))
        if held is None:
            self._take(sender, frames)
        elif len(held) + len(frames) <= MOST_HELD:
            held.extend((sender, one) for one in frames)
        else:
            self._dropped(f"sender {sender}")

    def forget_parts(self) -> None:
        """The connection was lost: the rest of what had begun to arrive does not come."""
        self._parts.clear()

    def close(self) -> None:
        self._held.clear()
        for task in self._tasks:
            task.cancel()

    # ---------------------------------------------------------------------------------------

    def _take(self, sender: str, frames: list[Frame]) -> None:
        """Handle frames in order; what follows a long message waits until that is here."""
        for position, one in enumerate(frames):
            try:
                kind = one[0]
                if kind == _PART:
                    whole = self._join(sender, *one[1:])
                    if whole is None:
                        continue
                    kind, *fields = whole
                    self._handlers[kind](*fields)
                elif kind == _STORED and self._wants(one[1], one[2]):
                    self._hold(sender, one, frames[position + 1 :])
                    return
                else:
                    self._handlers[kind](*one[1:])
            except (TypeError, ValueError, LookupError):
                logger.warning("A frame on the channel layer's channels is none of its own.")

    def _join(self, sender: str, position: int, count: int, piece: bytes) -> Frame | None:
        """Give the frame whose last part this is. A part whose beginning was not heard is nothing."""
        if position == 0:
            self._parts[sender] = []
        parts = self._parts.get(sender)
        if parts is None or len(parts) != position:
            self._parts.pop(sender, None)
            return None
        parts.append(piece)
        if position + 1 < count:
            return None
        del self._parts[sender]
        whole: Frame = unpack(b"".join(parts))
        return whole

    def _hold(self, sender: str, stored: Frame, rest: list[Frame]) -> None:
        self._held[process_of(sender)] = [(sender, one) for one in rest]
        task = asyncio.ensure_future(self._catch_up(sender, *stored[1:]))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _catch_up(self, sender: str, kind: int, name: str, key: str) -> None:
        body: bytes | None = None
        try:
            body = await self._fetch(key)
        except Exception as error:  # noqa: BLE001 - one message is lost, and those behind it are not
            logger.warning("A long message of the channel layer is lost: %s", error)
        if body is None:
            self._dropped(name)
        else:
            self._handlers[kind](name, body)
        self._take_held(self._held.pop(process_of(sender), []))

    def _take_held(self, items: Iterable[tuple[str, Frame]]) -> None:
        for sender, some in itertools.groupby(items, itemgetter(0)):
            frames = [one for _sender, one in some]
            held = self._held.get(process_of(sender))
            if held is None:
                self._take(sender, frames)
            else:  # behind the next long message
                held.extend((sender, one) for one in frames)


def _nothing(*_fields: Any) -> None:
    """Nobody here cares for this one."""
