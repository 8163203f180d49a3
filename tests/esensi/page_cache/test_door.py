from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from esensi.page_cache import door
from esensi.page_cache.door import PIECE, PageCache
from esensi.page_cache.store import LARGEST_PAGE, PageStore
from esensi.record import SCOPE_KEY, Record
from sites.page_cache import PERMIT
from tests.esensi.page_cache.test_key import scope

ETAG = b'W/"abc"'
HEADERS = [
    (b"content-type", b"text/html"),
    (b"content-length", b"4"),
    (b"etag", ETAG),
    (b"cache-control", b"public"),
    (b"vary", b"Cookie"),
]


class House:
    """Draws a page for everybody, or what it is told to."""

    def __init__(self) -> None:
        self.drawn = 0
        self.permits, self.status = True, 200
        self.pieces = [b"page"]
        self.meanwhile: Callable[[], Any] = lambda: None
        self.slow: asyncio.Event | None = None
        self.fails = False
        self.begun: asyncio.Queue[int] = asyncio.Queue()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.drawn += 1
        self.begun.put_nowait(self.drawn)
        if self.slow is not None:
            await self.slow.wait()
        if self.fails:
            raise RuntimeError("It could not be drawn.")
        if self.permits and PERMIT in scope:
            scope[PERMIT].is_given, scope[PERMIT].about = True, "laut"
        self.meanwhile()
        start = {"type": "http.response.start", "status": self.status, "headers": HEADERS}
        await send(start)
        for number, piece in enumerate(self.pieces):
            more = number + 1 < len(self.pieces)
            await send({"type": "http.response.body", "body": piece, "more_body": more})


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class Visitors:
    def __init__(self) -> None:
        self.house, self.store, self.clock = House(), PageStore(10_000_000), Clock()
        self.store.wake()
        self.door = PageCache(self.house, self.store, now=self.clock)

    async def ask(self, *words: str, **headers: str) -> tuple[int, dict[bytes, bytes], bytes]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            raise AssertionError("A GET has no body to be read here.")

        await self.door(scope(*words, **headers), receive, send)
        body = b"".join(one.get("body", b"") for one in sent[1:])
        return sent[0]["status"], dict(sent[0]["headers"]), body


@pytest.fixture
def visitors() -> Visitors:
    return Visitors()


async def test_the_second_stranger_gets_what_was_drawn_for_the_first(visitors: Visitors) -> None:
    status, headers, body = await visitors.ask()
    assert (status, headers, body) == (200, dict(HEADERS), b"page")
    visitors.clock.now += 3.5
    status, headers, body = await visitors.ask()
    assert (status, body) == (200, b"page")
    assert headers == {**dict(HEADERS), b"age": b"3"}
    assert visitors.house.drawn == 1


async def test_head_is_answered_from_what_was_kept_and_keeps_nothing(visitors: Visitors) -> None:
    await visitors.ask(method="HEAD")
    assert len(visitors.store) == 0
    await visitors.ask()
    status, headers, body = await visitors.ask(method="HEAD")
    assert (status, body, headers[b"content-length"]) == (200, b"", b"4")
    assert visitors.house.drawn == 2


@pytest.mark.parametrize("known", ['W/"abc"', '"abc"', 'W/"x", W/"abc"', "*"])
async def test_who_has_the_page_is_told_so(visitors: Visitors, known: str) -> None:
    await visitors.ask()
    status, headers, body = await visitors.ask(if_none_match=known)
    assert (status, body) == (304, b"")
    assert headers == {
        b"etag": ETAG,
        b"cache-control": b"public",
        b"vary": b"Cookie",
        b"age": b"0",
    }


@pytest.mark.parametrize("known", ['W/"abcd"', "abc", '""', ""])
async def test_who_has_another_gets_it(visitors: Visitors, known: str) -> None:
    await visitors.ask()
    assert (await visitors.ask(if_none_match=known))[0] == 200


async def test_what_is_not_permitted_is_drawn_each_time(visitors: Visitors) -> None:
    visitors.house.permits = False
    for _ in range(2):
        await visitors.ask()
    assert visitors.house.drawn == 2


@pytest.mark.parametrize("status", [301, 302, 304, 404, 500, 503])
async def test_only_pages_are_kept(visitors: Visitors, status: int) -> None:
    visitors.house.status = status
    await visitors.ask()
    assert len(visitors.store) == 0


async def test_an_answer_that_breaks_off_is_not_kept(visitors: Visitors) -> None:
    send_all = visitors.house.pieces
    visitors.house.pieces = []
    await visitors.ask()
    assert len(visitors.store) == 0
    visitors.house.pieces = [*send_all, b" ends"]
    assert (await visitors.ask())[2] == b"page ends"
    assert (await visitors.ask())[2] == b"page ends"
    assert visitors.house.drawn == 2


async def test_an_answer_that_is_too_long_passes_and_is_not_kept(visitors: Visitors) -> None:
    visitors.house.pieces = [b"x" * LARGEST_PAGE, b"x"]
    assert len((await visitors.ask())[2]) == LARGEST_PAGE + 1
    assert len(visitors.store) == 0


async def test_what_changes_while_it_is_drawn_is_not_kept(visitors: Visitors) -> None:
    visitors.house.meanwhile = lambda: visitors.store.changed("laut")
    await visitors.ask()
    assert len(visitors.store) == 0
    visitors.house.meanwhile = lambda: visitors.store.changed("gunung")
    await visitors.ask()
    assert len(visitors.store) == 1


async def test_asleep_everything_is_drawn(visitors: Visitors) -> None:
    await visitors.ask()
    visitors.store.sleep()
    for _ in range(2):
        await visitors.ask()
    assert visitors.house.drawn == 3


async def test_of_many_who_come_at_once_one_has_it_drawn(visitors: Visitors) -> None:
    visitors.house.slow = asyncio.Event()
    asking = [asyncio.ensure_future(visitors.ask()) for _ in range(20)]
    await visitors.house.begun.get()
    visitors.house.slow.set()
    answers = await asyncio.gather(*asking)
    assert {(status, body) for status, _headers, body in answers} == {(200, b"page")}
    assert visitors.house.drawn == 1


async def test_those_who_waited_for_one_that_failed_draw_it_themselves(visitors: Visitors) -> None:
    visitors.house.slow = asyncio.Event()
    visitors.house.fails = True
    asking = [asyncio.ensure_future(visitors.ask()) for _ in range(3)]
    await visitors.house.begun.get()
    visitors.house.slow.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(one) for one in answers] == [RuntimeError] * 3
    visitors.house.fails = False
    assert (await visitors.ask())[0] == 200


async def test_nobody_waits_for_long(visitors: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esensi.page_cache.door.PATIENCE", 0.01)
    visitors.house.slow = asyncio.Event()
    asking = [asyncio.ensure_future(visitors.ask()) for _ in range(2)]
    for _ in asking:
        await visitors.house.begun.get()
    visitors.house.slow.set()
    await asyncio.gather(*asking)


class SlowReader:
    """Takes the first piece of a body when it is told to."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.came = asyncio.Event()
        self.pieces: list[bytes] = []

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            self.came.set()
            await self.reads.wait()
            self.pieces.append(message["body"])

    async def receive(self) -> Any:
        raise AssertionError("A GET has no body to be read here.")


async def test_who_reads_slowly_keeps_nobody_from_the_page(visitors: Visitors) -> None:
    pieces = visitors.house.pieces = [b"a" * PIECE, b"b" * PIECE, b"c"]
    for _drawn_or_kept in range(2):
        slow = SlowReader()
        asking = asyncio.ensure_future(visitors.door(scope(), slow.receive, slow.send))
        await slow.came.wait()
        assert (await visitors.ask())[2] == b"".join(pieces)
        assert visitors.house.drawn == 1
        slow.reads.set()
        await asking
        assert slow.pieces == pieces


async def test_who_reads_slowly_what_is_not_kept_keeps_nobody_either(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE", 600)
    visitors.house.permits = False
    slow = SlowReader()
    asking = asyncio.ensure_future(visitors.door(scope(), slow.receive, slow.send))
    await slow.came.wait()
    assert (await asyncio.wait_for(visitors.ask(), 60))[2] == b"page"
    slow.reads.set()
    await asking


async def test_the_line_of_a_kept_page_says_which_it_was(visitors: Visitors) -> None:
    records = [Record(id="1", method="GET", host="main", began=0.0) for _ in range(2)]
    for record in records:
        asked = scope() | {SCOPE_KEY: record}
        visitors.house.meanwhile = partial(setattr, record, "route", "/books/<slug>/")
        reader = SlowReader()
        reader.reads.set()
        await visitors.door(asked, reader.receive, reader.send)
    assert visitors.house.drawn == 1
    assert [(one.route, one.cached) for one in records] == [
        ("/books/<slug>/", False),
        ("/books/<slug>/", True),
    ]


async def test_who_takes_nothing_is_not_waited_for(
    visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esensi.page_cache.door.PIECE_SECONDS", 0.01)
    visitors.house.pieces = [b"a" * PIECE, b"b"]
    for _drawn_or_kept in range(2):
        slow = SlowReader()
        await visitors.door(scope(), slow.receive, slow.send)
        assert slow.pieces == []
