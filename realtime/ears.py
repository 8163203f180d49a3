"""Hears wake-ups and transient messages by the channel layer, for the feed of one event loop."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, Protocol

from realtime import metrics, wake
from realtime.reading import Stored

logger = logging.getLogger(__name__)

#: Wake-ups that may wait for the event loop, more than layers let other channels have: one that is
#: dropped is found, but seconds later.
CAPACITY: Final = 10_000
_OURS: Final = re.compile(rf"{wake.FEED}\.")
#: Messages handled before others in the event loop have a turn.
AT_ONCE: Final = 100
#: Seconds until a layer is asked again that did not answer.
PAUSE: Final = 1.0


class Hearer(Protocol):
    """Who is told what is heard."""

    def hear(self, room: str, epoch: str, head: int, events: Sequence[Stored]) -> None: ...
    def hear_transient(self, room: str, kind: str, data: Mapping[str, Any]) -> None: ...
    def look_soon(self) -> None: ...


class Ears:
    """One channel of ``layer``, in the groups of all rooms that are followed here."""

    def __init__(self, layer: Any, hearer: Hearer) -> None:
        self._layer, self._hearer = layer, hearer
        self._channel = ""
        self._groups: set[str] = set()
        self._listening: asyncio.Task[None] | None = None
        self._speaker: wake.Speaker | None = None

    async def start(self) -> None:
        """Raises what the layer raises where it cannot be reached."""
        capacities = getattr(self._layer, "channel_capacity", None)
        if isinstance(capacities, list) and (_OURS, CAPACITY) not in capacities:
            capacities.insert(0, (_OURS, CAPACITY))  # as Channels compiles them
        self._channel = await self._layer.new_channel(wake.FEED)
        on_resumed: Callable[[Callable[[], None]], Any] | None
        on_resumed = getattr(self._layer, "on_resumed", None)
        if on_resumed is not None:
            await on_resumed(self._hearer.look_soon)
        # From now on threads of this process have their wake-ups sent here.
        self._speaker = wake.Speaker(self._layer)
        self._listening = asyncio.ensure_future(self._listen())

    async def join(self, room: str) -> None:
        self._groups.add(wake.group_of(room))
        await self._layer.group_add(wake.group_of(room), self._channel)

    async def leave(self, room: str) -> None:
        self._groups.discard(wake.group_of(room))
        with suppress(Exception):
            await self._layer.group_discard(wake.group_of(room), self._channel)

    async def join_again(self) -> None:
        """Renew all memberships: layers let them expire."""
        for group in list(self._groups):
            await self._layer.group_add(group, self._channel)

    async def close(self) -> None:
        if self._speaker is not None:
            self._speaker.close()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
        for group in list(self._groups):
            with suppress(Exception):
                await self._layer.group_discard(group, self._channel)

    # ---------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        number = 0
        while True:
            try:
                message = await self._layer.receive(self._channel)
            except Exception as error:  # noqa: BLE001 - whatever a layer raises, it is asked again
                logger.warning("The channel layer does not hear: %s", error)
                await asyncio.sleep(PAUSE)
                await self._begin_again()
                continue
            self._take(message)
            number += 1
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _begin_again(self) -> None:
        with suppress(Exception):
            self._channel = await self._layer.new_channel(wake.FEED)
            await self.join_again()
            self._hearer.look_soon()

    def _take(self, message: Mapping[str, Any]) -> None:
        try:
            kind, room = message["type"], message["room"]
            if kind == wake.EVENTS:
                first, told = message["first"], message["told"]
                events = [
                    Stored(first + place, name, at, json.loads(text))
                    for place, (name, at, text) in enumerate(told)
                ]
                _observe(events[-1].at)
                self._hearer.hear(room, message["epoch"], events[-1].offset, events)
            elif kind == wake.HEAD:
                self._hearer.hear(room, message["epoch"], message["head"], ())
            elif kind == wake.TRANSIENT:
                data = json.loads(message["data"])
                self._hearer.hear_transient(room, message["kind"], data)
        except (KeyError, TypeError, ValueError, IndexError):
            # Of another release of the program, perhaps: the look at the heads finds what it told.
            logger.warning("A message to a room's group is none of the streams' own.")


def _observe(at: str) -> None:
    late = datetime.now(UTC) - datetime.fromisoformat(at)
    metrics.WAKE_UP.observe(max(0.0, late.total_seconds()))
