"""What waits for the channels of one event loop, and which of them are in which group. Memory alone."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from realtime.wire import unpack

#: Seconds between two looks for what nobody will ask for any more.
SWEEP_EVERY: Final = 5.0


class Mailbox:
    """The messages of one channel, in order, and who waits for the next one."""

    __slots__ = ("capacity", "items", "waiters")

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        #: When each message expires, and its bytes: decoded for each reader anew, so that nobody
        #: changes another's.
        self.items: deque[tuple[float, bytes]] = deque()
        self.waiters: deque[asyncio.Future[None]] = deque()

    def wake(self) -> None:
        """Wake one reader, if one waits."""
        while self.waiters:
            waiter = self.waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return


class Mailboxes:
    """The channels and groups of one event loop; everything runs in it, and nothing waits but
    ``receive``.

    ``capacity_of`` gives the most messages of a channel, ``expiry`` the seconds that a message
    waits, ``group_expiry`` the seconds of a membership, ``now`` a clock that never goes back, and
    ``dropped`` hears of each message that found a full mailbox.
    """

    def __init__(
        self,
        *,
        capacity_of: Callable[[str], int],
        expiry: float,
        group_expiry: float,
        now: Callable[[], float],
        dropped: Callable[[str], None],
    ) -> None:
        self._capacity_of, self._dropped, self._now = capacity_of, dropped, now
        self._expiry, self._group_expiry = expiry, group_expiry
        self._boxes: dict[str, Mailbox] = {}
        self.groups: dict[str, dict[str, float]] = {}
        self._swept = now()

    def deliver(self, channel: str, body: bytes) -> None:
        """Put a message into a channel's mailbox, or drop it where the box is full."""
        box = self._boxes.get(channel)
        if box is None:
            box = self._open(channel)
        if len(box.items) >= box.capacity and not self._make_room(box):
            self._dropped(channel)
            return
        box.items.append((self._now() + self._expiry, body))
        if box.waiters:
            box.wake()

    def _make_room(self, box: Mailbox) -> bool:
        now = self._now()
        while box.items and box.items[0][0] <= now:
            box.items.popleft()
        return len(box.items) < box.capacity

    def members(self, group: str) -> list[str]:
        """Give the channels of a group whose membership has not expired."""
        found = self.groups.get(group)
        if not found:
            return []
        now = self._now()
        return [channel for channel, until in found.items() if until > now]

    def join(self, group: str, channel: str) -> None:
        self.groups.setdefault(group, {})[channel] = self._now() + self._group_expiry

    def leave(self, group: str, channel: str) -> None:
        found = self.groups.get(group)
        if found is not None:
            found.pop(channel, None)
            if not found:
                del self.groups[group]

    async def receive(self, channel: str) -> Any:
        """Wait for the next message of a channel. A reader that is cancelled takes none along."""
        box = self._boxes.get(channel)
        if box is None:
            box = self._open(channel)
        while True:
            while box.items:
                expires, body = box.items.popleft()
                if expires > self._now():
                    return unpack(body)
            waiter = asyncio.get_running_loop().create_future()
            box.waiters.append(waiter)
            try:
                await waiter
            except BaseException:
                _remove(box.waiters, waiter)
                if waiter.done() and not waiter.cancelled() and box.items:
                    box.wake()  # it was this reader's turn, and it is another's now
                self._forget_if_idle(channel, box)
                raise

    def _open(self, channel: str) -> Mailbox:
        self._sweep()
        box = self._boxes[channel] = Mailbox(self._capacity_of(channel))
        return box

    def _forget_if_idle(self, channel: str, box: Mailbox) -> None:
        """Keep nothing for a channel of which nobody asks and in which nothing waits: a channel is
        never closed, it is only not asked for any more."""
        if not box.items and not box.waiters and self._boxes.get(channel) is box:
            del self._boxes[channel]

    def clear(self) -> None:
        """Forget all messages and memberships; who waits goes on waiting."""
        self.groups.clear()
        for box in self._boxes.values():
            box.items.clear()

    def _sweep(self) -> None:
        """Now and then let go of messages and memberships that have expired."""
        now = self._now()
        if now < self._swept + SWEEP_EVERY:
            return
        self._swept = now
        for channel, box in list(self._boxes.items()):
            self._make_room(box)
            self._forget_if_idle(channel, box)
        for group, found in list(self.groups.items()):
            for channel in [channel for channel, until in found.items() if until <= now]:
                self.leave(group, channel)

    def __len__(self) -> int:
        return len(self._boxes)


def _remove(waiters: deque[asyncio.Future[None]], waiter: asyncio.Future[None]) -> None:
    try:
        waiters.remove(waiter)
    except ValueError:
        return
