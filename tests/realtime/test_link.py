"""Statements that are run together: one transaction, one answer, and the link goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest

from realtime.errors import NotConnected
from realtime.link import Calls, Link, Statement, settle

INSERT = Statement(b"insert", b"INSERT INTO link_numbers VALUES ($1::int)")
COUNT = Statement(b"count", b"SELECT count(*) FROM link_numbers")
DIVIDE = Statement(b"divide", b"SELECT 1 / $1::int")
END = Statement(b"end", b"SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(1)")


def with_link(address: str, work: Callable[[Link], Awaitable[None]]) -> list[str]:
    """Do something with a link that has a table of numbers; give what it said of being lost."""
    lost: list[str] = []

    async def run() -> None:
        link = await Link.connect(
            address,
            name="realtime test",
            on_notify=lambda _channel, _payload: None,
            on_lost=lambda: lost.append("lost"),
        )
        try:
            await link.run(b"CREATE TEMPORARY TABLE link_numbers (n int)")
            await work(link)
        finally:
            link.close()

    asyncio.run(run())
    return lost


async def together(link: Link, calls: Calls) -> Any:
    done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    link.start(calls, settle(done))
    return await asyncio.wait_for(done, 10)


def test_the_answer_is_that_of_the_last(layer_database: str) -> None:
    async def work(link: Link) -> None:
        result = await together(link, [(INSERT, [b"1"]), (INSERT, [b"2"]), (COUNT, [])])
        assert result.get_value(0, 0) == b"2"
        assert not link.is_busy

    assert with_link(layer_database, work) == []


def test_an_error_undoes_all_and_the_link_goes_on(layer_database: str) -> None:
    async def work(link: Link) -> None:
        for _ in range(2):  # planned by the first, and known to the second
            with pytest.raises(psycopg.errors.DivisionByZero):
                await together(link, [(INSERT, [b"1"]), (DIVIDE, [b"0"]), (INSERT, [b"2"])])
        result = await together(link, [(COUNT, [])])
        assert result.get_value(0, 0) == b"0"

    assert with_link(layer_database, work) == []


def test_a_connection_lost_among_them_is_told_once(layer_database: str) -> None:
    async def work(link: Link) -> None:
        with pytest.raises(NotConnected):
            await together(link, [(INSERT, [b"1"]), (END, []), (COUNT, [])])
        assert not link.is_open

    assert with_link(layer_database, work) == ["lost"]


def test_much_more_than_a_sockets_buffer_is_sent(layer_database: str) -> None:
    """The rest leaves when the socket takes it, and results come in between."""
    size = Statement(b"size", b"SELECT octet_length($1::bytea)", formats=(1,))

    async def work(link: Link) -> None:
        body = memoryview(bytes(3_000_000))
        result = await together(link, [(size, [body]), (size, [body[:2_000_000]])])
        assert result.get_value(0, 0) == b"2000000"

    assert with_link(layer_database, work) == []
