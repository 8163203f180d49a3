"""What a transaction has published so far, and what of it a savepoint takes back."""

from __future__ import annotations

from typing import Final, NamedTuple

from realtime.stream_errors import TooMuchPublished

#: Events of one transaction: written in one statement, whose rooms are locked until its commit.
MOST_GATHERED: Final = 5_000


class Gathered(NamedTuple):
    """An event that waits for the commit; ``text`` is its JSON."""

    room: str
    kind: str
    text: str


class Gathering:
    """The events of one connection's transaction, in the order in which they were published."""

    def __init__(self) -> None:
        self.events: list[Gathered] = []
        #: How many there were when each savepoint was made.
        self._marks: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self.events)

    def add(self, event: Gathered) -> None:
        """Raises ``TooMuchPublished``."""
        if len(self.events) >= MOST_GATHERED:
            raise TooMuchPublished(
                f"A transaction may publish {MOST_GATHERED} events. Publish in several transactions, "
                "or one event that all who are meant read."
            )
        self.events.append(event)

    def mark(self, savepoint: str) -> None:
        self._marks[savepoint] = len(self.events)

    def forget_since(self, savepoint: str) -> None:
        """A transaction was rolled back to a savepoint, which goes on to exist."""
        place = self._marks.get(savepoint)
        if place is not None:
            del self.events[place:]
            self._marks = {name: at for name, at in self._marks.items() if at <= place}

    def release(self, savepoint: str) -> None:
        self._marks.pop(savepoint, None)

    def clear(self) -> None:
        self.events.clear()
        self._marks.clear()
