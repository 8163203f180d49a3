"""What waits for the channels of one event loop, and which of them are in which group. Memory alone."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from realtime.errors import NotConnected
from realtime.wire import unpack

CLOSED: Final = "The channel layer was closed."


#: When a message expires, and its bytes: decoded for each reader anew, so that nobody changes another's.
Item = tuple[float, bytes]


class Mailbox:
    """The messages of one channel, in order, or else those who wait for the next one."""

    __slots__ = ("capacity", "items", "waiters")

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.items: deque[Item] = deque()
        self.waiters: deque[asyncio.Future[Item]] = deque()

    def hand_over(self, item: Item) -> bool:
        """Give a message to the first who waits, if anybody does."""
        waiters = self.waiters
        while waiters:
            waiter = waiters.popleft()
            if not waiter.done():
                waiter.set_result(item)
                return True
        return False


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
        self._create_future = asyncio.get_running_loop().create_future
        self._boxes: dict[str, Mailbox] = {}
        #: Gives the mailbox of a channel, or None.
        self.find = self._boxes.get
        #: Channels by group, and when each membership ends.
        self.groups: dict[str, dict[str, float]] = {}
        #: The same of workers' channels, which have no mailbox here.
        self.worker_groups: dict[str, dict[str, float]] = {}
        self._closed = False

    # --- what comes in ---------------------------------------------------------------------

    def deliver(self, channel: str, body: bytes) -> None:
        """Put a message into a channel's mailbox, or drop it where the box is full."""
        self._put(channel, (self._now() + self._expiry, body))

    def deliver_to_group(self, group: str, body: bytes) -> None:
        """Put a message into the mailbox of every member."""
        found = self.groups.get(group)
        if found:
            now = self._now()
            item = (now + self._expiry, body)
            for channel, until in found.items():
                if until > now:
                    self._put(channel, item)

    def _put(self, channel: str, item: Item) -> None:
        box = self._boxes.get(channel)
        if box is None:
            box = self._open(channel)
        if box.waiters and box.hand_over(item):
            return
        items = box.items
        if len(items) < box.capacity or self._make_room(box):
            items.append(item)
        else:
            self._dropped(channel)

    def _make_room(self, box: Mailbox) -> bool:
        now = self._now()
        while box.items and box.items[0][0] <= now:
            box.items.popleft()
        return len(box.items) < box.capacity

    # --- groups ----------------------------------------------------------------------------

    def workers_of(self, group: str) -> list[str]:
        """Give the workers' channels of a group whose membership has not expired."""
        found = self.worker_groups.get(group)
        if not found:
            return []
        now = self._now()
        return [channel for channel, until in found.items() if until > now]

    def knows(self, group: str) -> bool:
        """Has anybody here joined this group?"""
        return group in self.groups or group in self.worker_groups

    def join(self, group: str, channel: str) -> None:
        groups = self.groups if "!" in channel else self.worker_groups
        groups.setdefault(group, {})[channel] = self._now() + self._group_expiry

    def leave(self, group: str, channel: str) -> None:
        groups = self.groups if "!" in channel else self.worker_groups
        found = groups.get(group)
        if found is not None:
            found.pop(channel, None)
            if not found:
                del groups[group]

    # --- what goes out ---------------------------------------------------------------------

    async def receive(self, channel: str) -> Any:
        """Wait for the next message of a channel. A reader that is cancelled takes none along.

        Raises ``NotConnected`` once the layer is closed.
        """
        box = self._boxes.get(channel)
        if box is None:
            box = self._open(channel)
        items = box.items
        while items:
            expires, body = items.popleft()
            if expires > self._now():
                return unpack(body)
        if self._closed:
            raise NotConnected(CLOSED)
        waiter = self._create_future()
        box.waiters.append(waiter)
        try:
            return unpack((await waiter)[1])
        except BaseException:
            self._give_up(channel, box, waiter)
            raise

    def _give_up(self, channel: str, box: Mailbox, waiter: asyncio.Future[Item]) -> None:
        """A reader was cancelled: what it was given already is the next one's."""
        if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
            if not box.hand_over(waiter.result()):
                box.items.appendleft(waiter.result())
        elif waiter in box.waiters:
            box.waiters.remove(waiter)
        self._forget_if_idle(channel, box)

    def _open(self, channel: str) -> Mailbox:
        box = self._boxes[channel] = Mailbox(self._capacity_of(channel))
        return box

    def _forget_if_idle(self, channel: str, box: Mailbox) -> None:
        """Keep nothing for a channel of which nobody asks and in which nothing waits: a channel is
        never closed, it is only not asked for any more."""
        if not box.items and not box.waiters and self._boxes.get(channel) is box:
            del self._boxes[channel]

    # --- letting go ------------------------------------------------------------------------

    def clear(self) -> None:
        """Forget all messages and memberships; who waits goes on waiting."""
        self.groups.clear()
        self.worker_groups.clear()
        for box in self._boxes.values():
            box.items.clear()

    def close(self) -> None:
        """Forget everything; who waits is told ``NotConnected``."""
        self.clear()
        self._closed = True
        for box in self._boxes.values():
            for waiter in box.waiters:
                if not waiter.done():
                    waiter.set_exception(NotConnected(CLOSED))

    def sweep(self) -> None:
        """Let go of messages and memberships that have expired."""
        now = self._now()
        for channel, box in list(self._boxes.items()):
            self._make_room(box)
            self._forget_if_idle(channel, box)
        for groups in (self.groups, self.worker_groups):
            for group, found in list(groups.items()):
                for channel in [channel for channel, until in found.items() if until <= now]:
                    self.leave(group, channel)

    def __len__(self) -> int:
        return len(self._boxes)
