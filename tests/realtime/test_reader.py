"""Who asks the table is always answered: with a reading, or with why there is none."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from realtime import reader
from realtime.errors import NotConnected
from realtime.feed import Feed
from realtime.reader import Reader
from tests.waiting import PATIENCE, auntil


class Table:
    """Is asked, and answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[Sequence[Any]] = []
        self.may_answer = threading.Event()
        self.fails: Exception | None = None

    def read(self, questions: Sequence[Any], *, most: int) -> list[Any]:
        self.asked.append(questions)
        assert self.may_answer.wait(PATIENCE)
        if self.fails:
            raise self.fails
        return [f"{most} of {room}" for room, _since in questions]


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    made = Table()
    monkeypatch.setattr(reader, "read", made.read)
    monkeypatch.setattr(reader, "alone", lambda work: work())
    return made


async def test_who_asks_together_is_asked_for_together(table: Table) -> None:
    table.may_answer.set()
    asking = Reader(most=3)
    answers = await asyncio.gather(*(asking.ask(room, None) for room in ("a", "b", "a")))
    assert answers == ["3 of a", "3 of b", "3 of a"]
    assert table.asked == [[("a", None), ("b", None)]]
    asking.close()


async def test_closing_tells_who_is_being_answered_who_waits_and_who_comes_later(
    table: Table,
) -> None:
    asking = Reader(most=3)
    under_way = asking.ask("a", None)
    await auntil(lambda: table.asked)
    waiting = asking.ask("b", None)
    asking.close()
    for asked in (under_way, waiting, asking.ask("c", None)):
        with pytest.raises(NotConnected, match="closed"):
            await asyncio.wait_for(asked, PATIENCE)
    table.may_answer.set()


class Layer:
    """Notes the groups that its only channel is in."""

    def __init__(self) -> None:
        self.groups: set[str] = set()

    async def new_channel(self, prefix: str) -> str:
        return prefix

    async def receive(self, _channel: str) -> Any:
        await asyncio.Event().wait()

    async def group_add(self, group: str, _channel: str) -> None:
        self.groups.add(group)

    async def group_discard(self, group: str, _channel: str) -> None:
        await asyncio.sleep(0)
        self.groups.discard(group)


async def test_a_room_that_cannot_be_read_is_left_and_can_be_followed_later(table: Table) -> None:
    table.may_answer.set()
    table.fails = LookupError("The table is away.")
    layer = Layer()
    feed = Feed(layer, look_every=600)
    await feed.start()
    try:
        both = [feed.follow("book.1", follower) for follower in (object(), object())]  # type: ignore[arg-type]  # never told
        failures = await asyncio.gather(*both, return_exceptions=True)
        assert [type(one) for one in failures] == [LookupError, LookupError]
        assert layer.groups == set()
        assert feed.known() == {}
    finally:
        await feed.close()


async def test_who_follows_when_a_feed_is_closed_is_told(table: Table) -> None:
    feed = Feed(Layer(), look_every=600)
    await feed.start()
    following = asyncio.ensure_future(feed.follow("book.1", object()))  # type: ignore[arg-type]  # never told
    await auntil(lambda: table.asked)
    await feed.close()
    with pytest.raises(NotConnected, match="closed"):
        await asyncio.wait_for(following, PATIENCE)
    table.may_answer.set()
