"""What is written of connections that come and go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from realtime.connections import MOST_ROWS, Ledger


@dataclass(eq=False)
class Socket:
    """What the ledger asks of a connection."""

    id: str
    user_id: int | None = 7
    host: str = "chapter"
    kind: str = "socket"
    opened_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    rooms: set[str] = field(default_factory=set)
    quiet: set[str] = field(default_factory=set)


class Scene:
    """A hub, and a table that does what batches say."""

    def __init__(self) -> None:
        self.open: list[Any] = []
        self.table: dict[str, tuple[str, ...]] = {}
        self.ledger = Ledger(lambda: self.open)
        self.statements = 0

    def enter(self, key: str, *rooms: str) -> Any:
        socket: Any = Socket(key)
        self.open.append(socket)
        self.ledger.opened(socket)
        for room in rooms:
            self.join(socket, room)
        return socket

    def join(self, socket: Any, room: str) -> None:
        socket.rooms.add(room)
        self.ledger.joined(socket, room)

    def leave(self, socket: Any, room: str) -> None:
        if room in socket.rooms:
            socket.rooms.discard(room)
            self.ledger.left(socket, room)

    def shut(self, socket: Any) -> None:
        self.open.remove(socket)
        self.ledger.closed(socket)

    def flush(self) -> set[str]:
        changed: set[str] = set()
        while self.ledger.has_changes.is_set():
            batch = self.ledger.take()
            assert len(batch.written) + len(batch.closed) <= MOST_ROWS
            assert not {row.id for row in batch.written} & set(batch.closed)
            self.statements += bool(batch.written or batch.closed)
            for key in batch.closed:
                del self.table[key]
            self.table.update({row.id: row.rooms for row in batch.written})
            changed |= batch.rooms
        return changed

    def is_true(self) -> None:
        assert self.table == {one.id: tuple(sorted(one.rooms - one.quiet)) for one in self.open}
        assert self.ledger.kept == len(self.table)


async def test_many_changes_are_one_statement() -> None:
    scene = Scene()
    first = scene.enter("a", "book.1", "user.7")
    scene.enter("b", "book.2")
    scene.leave(first, "user.7")
    assert scene.flush() == {"book.1", "book.2"}
    assert scene.statements == 1
    scene.is_true()


async def test_what_was_closed_before_it_was_written_is_not_written() -> None:
    scene = Scene()
    scene.shut(scene.enter("a", "book.1"))
    assert scene.flush() == set()
    assert scene.statements == 0
    socket = scene.enter("b", "book.1")
    scene.flush()
    scene.join(socket, "book.2")
    scene.shut(socket)
    assert scene.flush() == {"book.1"}
    scene.is_true()


async def test_quiet_rooms_are_not_shown() -> None:
    scene = Scene()
    socket = scene.enter("a")
    socket.quiet.add("book.1")
    scene.join(socket, "book.1")
    assert scene.flush() == set()
    assert scene.table == {"a": ()}


async def test_a_thousand_at_once_take_three_statements() -> None:
    scene = Scene()
    for number in range(1200):
        scene.enter(str(number), "book.1")
    scene.flush()
    assert scene.statements == 3
    scene.is_true()
    for socket in list(scene.open):
        scene.shut(socket)
    assert scene.flush() == {"book.1"}
    assert scene.statements == 6
    scene.is_true()


async def test_a_table_that_has_lost_everything_is_given_everything() -> None:
    scene = Scene()
    gone, stays = scene.enter("a", "book.1"), scene.enter("b", "book.2")
    scene.flush()
    scene.shut(gone)
    scene.join(stays, "book.3")
    scene.enter("c", "book.4")
    batch = scene.ledger.take_all()
    assert {row.id for row in batch.written} == {"b", "c"}
    assert batch.rooms == {"book.1", "book.2", "book.3", "book.4"}
    assert scene.flush() == set()
    assert scene.ledger.kept == 2


steps = st.lists(
    st.tuples(
        st.sampled_from(["enter", "join", "leave", "shut", "flush"]),
        st.integers(0, 5),
        st.sampled_from(["book.1", "book.2", "chapter.1"]),
    ),
    max_size=60,
)


@given(steps)
async def test_the_table_is_what_the_hub_is(taken: list[tuple[str, int, str]]) -> None:
    scene = Scene()
    for number, (what, which, room) in enumerate(taken):
        found = scene.open[which] if which < len(scene.open) else None
        if what == "enter":
            scene.enter(str(number), room)
        elif what == "flush":
            scene.flush()
            scene.is_true()
        elif found is not None and what == "shut":
            scene.shut(found)
        elif found is not None:
            (scene.join if what == "join" else scene.leave)(found, room)
    scene.flush()
    scene.is_true()
