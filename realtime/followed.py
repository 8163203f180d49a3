"""What one process knows of one room's stream, and what of all that it hears is next.

Wake-ups come late, twice, out of order or never; what is read from the table is sure, and may be older
than what was heard while it was read. Nothing here waits or asks: it is told, and says what to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from realtime.reading import NOTHING_YET, Position, Reading, Stored

#: Events that wait for those before them. What is beyond is read from the table.
MOST_AHEAD: Final = 500


class Question(NamedTuple):
    """What was known when the table was asked: what followers had been told (None before the first
    reading), and how far the stream was heard to reach."""

    position: Position | None
    seen: Position


class Next(NamedTuple):
    """What followers are to be told: first that the stream begins anew, if it does, then events."""

    restarted: bool
    events: Sequence[Stored]


NOTHING: Final = Next(False, ())


class Followed:
    """One room. ``position`` is what followers have been told; before the first reading there is none
    (``is_known``), and what is heard is kept. ``lacks`` says that the table is to be asked."""

    def __init__(self, room: str) -> None:
        self.room = room
        #: The room's key in the table; 0 while there is none.
        self.id = 0
        self.position = NOTHING_YET
        self.is_known = False
        self._ahead: dict[int, Stored] = {}
        #: The highest position that was heard of.
        self._seen = NOTHING_YET
        self._is_doubtful = False

    @property
    def lacks(self) -> bool:
        return not self.is_known or self._is_doubtful or self._seen.offset > self.position.offset

    def doubt(self) -> None:
        """The table is not where it should be: ask it, whatever was heard."""
        self._is_doubtful = True

    def hear(self, epoch: str, head: int, events: Sequence[Stored] = ()) -> Next:
        """Take a wake-up: the room's head, and the events that came with it."""
        if epoch != self._seen.epoch:
            self._ahead.clear()
            self._seen = Position(epoch, head)
        elif head > self._seen.offset:
            self._seen = Position(epoch, head)
        if self.is_known and self.position == NOTHING_YET:
            self.position = Position(epoch, 0)  # somebody published in it for the first time
        if self.is_known and epoch != self.position.epoch:
            self.doubt()
            return NOTHING
        for event in events:
            if event.offset > self.position.offset and len(self._ahead) < MOST_AHEAD:
                self._ahead[event.offset] = event
        return self._next() if self.is_known else NOTHING

    def question(self) -> Question:
        """Give what the answer of the table is to be held against."""
        return Question(self.position if self.is_known else None, self._seen)

    def read(self, asked: Question, found: Reading) -> Next:
        """Take what the table held after ``asked.position``."""
        self.id, self._is_doubtful = found.id, False
        there = Position(found.epoch, found.head)
        self._settle(asked.seen, there)
        if not self.is_known:
            self.is_known = True
            return self._begin(there, restarted=False)
        before = asked.position
        if found.epoch != self.position.epoch and self.position != NOTHING_YET:
            if before is not None and before.epoch == self.position.epoch:
                return self._begin(there, restarted=True)
            self.doubt()  # the answer is older than where the stream is followed now
            return NOTHING
        if before is not None and _is_torn(before, found):
            return self._begin(there, restarted=True)
        self.position = Position(found.epoch, self.position.offset)
        if self._seen.epoch == found.epoch:
            self._ahead |= {one.offset: one for one in found.events}
        return self._next()

    def _settle(self, seen: Position, there: Position) -> None:
        """Bring what was heard and what was read together. What was heard before the question is in
        the answer, or nowhere; what was heard since may be newer."""
        if self._seen == seen:
            if seen.epoch != there.epoch:
                self._ahead.clear()
            self._seen = there
        elif self._seen.epoch == there.epoch:
            self._seen = max(self._seen, there)
        elif there != NOTHING_YET:
            self.doubt()

    def _begin(self, there: Position, *, restarted: bool) -> Next:
        """Go on from another place than before."""
        if there == NOTHING_YET and self._seen.epoch:
            there = Position(self._seen.epoch, 0)  # the first event came while it was read
        self.position = there
        return Next(restarted, self._next().events)

    def _next(self) -> Next:
        """Give what comes next of what is ahead."""
        if self._seen.epoch != self.position.epoch:
            return NOTHING
        offset, events = self.position.offset, []
        while (event := self._ahead.pop(offset + 1, None)) is not None:
            events.append(event)
            offset += 1
        if events:
            self.position = Position(self.position.epoch, offset)
        if self._ahead:
            self._ahead = {at: one for at, one in self._ahead.items() if at > offset}
        return Next(False, events)


def _is_torn(asked: Position, found: Reading) -> bool:
    """Does the table lead nowhere from where the question was put? Either something is missing that was
    pruned, or the head is before a place that was there when it was read."""
    if asked.epoch not in ("", found.epoch):
        return False  # of another stream
    if found.head > asked.offset:
        return not found.events or found.events[0].offset != asked.offset + 1
    return found.head < asked.offset
