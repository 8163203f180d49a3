"""The newest events of rooms that are followed here, so that those who come back for a moment's worth
need not be read from the table."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import Final

from realtime.reading import Stored

#: Events of one room: what somebody misses while they go from page to page, or through a tunnel.
MOST_OF_A_ROOM: Final = 100
#: Events of one process, at some 1 KB each: 5 MB.
MOST_OF_ALL: Final = 5_000
#: Characters of an event's data, above which the table is read.
LARGEST_KEPT: Final = 4_000


class Recent:
    """The newest events of many rooms, each without gaps and up to its newest. Over ``most`` events in
    all, the room is forgotten that was asked for or told of least recently."""

    def __init__(self, *, most: int = MOST_OF_ALL, of_a_room: int = MOST_OF_A_ROOM) -> None:
        self._most, self._of_a_room = most, of_a_room
        self._rooms: OrderedDict[str, deque[Stored]] = OrderedDict()
        self._total = 0

    def __len__(self) -> int:
        return self._total

    def add(self, room: str, events: Sequence[Stored]) -> None:
        """Remember what happened next in a room."""
        kept = self._rooms.get(room)
        if kept and events and events[0].offset != kept[-1].offset + 1:
            self.forget(room)
            kept = None
        if kept is None:
            kept = self._rooms[room] = deque()
        self._rooms.move_to_end(room)
        for event in events:
            if len(str(event.data)) > LARGEST_KEPT:
                self._total -= len(kept)
                kept.clear()  # what is kept has no gaps
                continue
            kept.append(event)
            self._total += 1
            if len(kept) > self._of_a_room:
                kept.popleft()
                self._total -= 1
        while self._total > self._most:
            self.forget(next(iter(self._rooms)))

    def since(self, room: str, offset: int, head: int) -> tuple[Stored, ...] | None:
        """Give the events of a room after an offset and up to its head; None where memory does not
        reach back that far."""
        if offset == head:
            return ()
        kept = self._rooms.get(room)
        if not kept or kept[-1].offset != head or not kept[0].offset <= offset + 1 <= head:
            return None
        self._rooms.move_to_end(room)
        return tuple(event for event in kept if event.offset > offset)

    def prefill(self, room: str, events: Sequence[Stored], head: int) -> None:
        """Remember what was read of a room up to its head, if that reaches back further."""
        last = events[-self._of_a_room :]
        kept = self._rooms.get(room, ())
        if last and last[-1].offset == head and len(last) > len(kept):
            self.forget(room)
            self.add(room, last)

    def forget(self, room: str) -> None:
        self._total -= len(self._rooms.pop(room, ()))
