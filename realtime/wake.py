"""Tells all processes, after a commit, that a room has something new: by the channel layer, with the
events themselves where they are small.

Nothing here is needed for an event to arrive: whoever follows a room looks at its head by themselves
every few seconds. So nothing here raises, and nothing here waits.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

import psycopg

from realtime import metrics
from realtime.flush import Written

logger = logging.getLogger(__name__)

#: Bytes of events that travel in a wake-up: in one NOTIFY (7,999) even where each is written as two.
LARGEST_INLINE: Final = 3_000
#: Wake-ups that wait for the event loop: some seconds of the busiest house. What comes beyond is found
#: at the next look at the heads.
MOST_WAITING: Final = 10_000
#: Seconds in which wake-ups gather after some have left. Each that leaves by itself costs PostgreSQL a
#: transaction, and this loop and every instance two or three turns: as much as the event itself. Two
#: events in 2 ms are rare where few publish, and the promise (3 ms at the 99th percentile) holds.
REST: Final = 0.002
#: Wake-ups of one statement where there is no loop.
NOTIFIED_AT_ONCE: Final = 100

UNSENT: Final = "A wake-up could not be sent; followers will look: %s"
#: The prefix of the channels on which feeds hear.
FEED: Final = "feed"
EVENTS: Final = "stream.events"
HEAD: Final = "stream.head"
TRANSIENT: Final = "stream.transient"

#: A message of the channel layer. ``room`` is always in it.
Message = dict[str, Any]


def group_of(room: str) -> str:
    """Give the channel layer's group in which a room's followers are."""
    return f"room.{room}"


def tell(written: Sequence[Written]) -> list[Message]:
    """Have what was committed told by an event loop of this process. Gives what none has taken."""
    metrics.PUBLISHES.add(len(written))
    messages = [
        _message(room, list(events)) for room, events in groupby(written, lambda one: one.room)
    ]
    return [] if say(messages) else messages


def say(messages: Sequence[Message]) -> bool:
    """Have messages told by an event loop of this process; False where there is none."""
    return any(speaker.say(messages) for speaker in list(_speakers))


def say_now(message: Message) -> None:
    """Tell one message from anywhere: by an event loop of this process, else by its own in a thread."""
    metrics.TRANSIENTS.add()
    if say([message]):
        return
    from realtime.home import home

    home().run(_say_at_home(message))


async def _say_at_home(message: Message) -> None:
    try:
        layer = _layer()
        if layer is not None:
            await layer.group_send(group_of(message["room"]), message)
    except Exception as error:  # noqa: BLE001 - nobody waits for this one
        logger.warning("A transient message to %s is lost: %s", message["room"], error)


def tell_by(connection: Any, messages: Sequence[Message]) -> None:
    """Tell by a database connection that is in no transaction. Only our own layer can be told so; for
    another's followers the look at the heads remains."""
    try:
        notice = getattr(_layer(), "notice", None)
        if notice is None:
            return
        for start in range(0, len(messages), NOTIFIED_AT_ONCE):
            some = messages[start : start + NOTIFIED_AT_ONCE]
            notices = [notice(group_of(one["room"]), one) for one in some]
            calls = ", ".join(["pg_notify(%s, %s)"] * len(notices))
            # psycopg's own cursor: Django's takes as long again.
            with psycopg.ClientCursor(connection.connection) as cursor:
                words = [word for pair in notices for word in pair]
                cursor.execute(f"SELECT {calls}".encode(), words)
    except Exception as error:  # noqa: BLE001 - the transaction is committed, and its caller is not to hear of this
        logger.warning("A wake-up could not be sent; followers will look by themselves: %s", error)


class Speaker:
    """Sends for threads of this process, in the event loop that made it, by ``layer``: at once after a
    silence, and else what has gathered in ``rest`` seconds."""

    def __init__(self, layer: Any, *, rest: float = REST) -> None:
        self._layer, self._loop, self._pid = layer, asyncio.get_running_loop(), os.getpid()
        self._rest = rest
        self._lock = threading.Lock()
        self._waiting: list[Message] = []
        #: Is the loop to come for what waits?
        self._is_coming = False
        self._sending: set[asyncio.Future[list[Any]]] = set()
        _speakers.append(self)

    def say(self, messages: Sequence[Message]) -> bool:
        """Take messages, from any thread; False where the loop has ended, or is a parent process's."""
        if self._pid != os.getpid() or self._has_ended():
            return False
        with self._lock:
            if len(self._waiting) + len(messages) > MOST_WAITING:
                logger.warning("%d wake-ups wait: the event loop does not keep up.", MOST_WAITING)
                return True
            self._waiting += messages
            comes, self._is_coming = self._is_coming, True
        # Without the lock: the loop wakes within this call, and would wait for it at once.
        if not comes:
            try:
                self._loop.call_soon_threadsafe(self._begin)
            except RuntimeError:  # closed in this moment
                return not self._has_ended()
        return True

    def close(self) -> None:
        """Take no more; what waits leaves now. To be called in the loop."""
        self._leave()
        self._begin()

    def _leave(self) -> None:
        if self in _speakers:
            _speakers.remove(self)

    def _has_ended(self) -> bool:
        if self._loop.is_closed():
            self._leave()
            return True
        return False

    def _begin(self) -> None:
        with self._lock:
            messages, self._waiting = self._waiting, []
            self._is_coming = bool(messages)
        if not messages:
            return
        self._loop.call_later(self._rest, self._begin)
        try:
            sent = self._send(messages)
        except Exception as error:  # noqa: BLE001 - followers look by themselves
            logger.warning(UNSENT, error)
        else:
            self._sending.add(sent)
            sent.add_done_callback(self._sent)

    def _sent(self, sent: asyncio.Future[list[Any]]) -> None:
        self._sending.discard(sent)
        results = [] if sent.cancelled() else sent.result()
        error = next((one for one in results if isinstance(one, Exception)), None)
        if error is not None:
            logger.warning(UNSENT, error)

    def _send(self, messages: Sequence[Message]) -> asyncio.Future[list[Any]]:
        """All at once, in their order, so that the layer packs them."""
        told = [(group_of(one["room"]), one) for one in messages]
        # Of our own layer: no task for each, which would take as long again.
        say = getattr(self._layer, "groups_say", None)
        sent = say(told) if say else (self._layer.group_send(*one) for one in told)
        return asyncio.gather(*sent, return_exceptions=True)


def _message(room: str, events: list[Written]) -> Message:
    first, last = events[0], events[-1]
    if sum(len(one.text.encode()) + 60 for one in events) > LARGEST_INLINE:
        return {"type": HEAD, "room": room, "epoch": last.epoch, "head": last.offset}
    told = [[one.kind, one.at, one.text] for one in events]
    return {"type": EVENTS, "room": room, "epoch": first.epoch, "first": first.offset, "told": told}


def _layer() -> Any:
    from channels.layers import get_channel_layer

    return get_channel_layer()


_speakers: list[Speaker] = []
