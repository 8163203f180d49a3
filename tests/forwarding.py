"""Leads connections on to another server, if need be as slowly as the other end of the world."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connection


@contextmanager
def database_by_port(*, delay: float = 0.0) -> Iterator[str]:
    """Give an address of the test's database by a port; every answer comes ``delay`` seconds late."""
    given: dict[str, Any] = connection.get_connection_params()
    host, number = str(given.get("host") or ""), int(given.get("port") or 5432)
    with _forwarded(host, number, delay) as port:
        user, password = given.get("user", ""), given.get("password")
        who = f"{user}:{password}" if password else user
        yield f"postgresql://{who}@127.0.0.1:{port}/{given['dbname']}"


@contextmanager
def _forwarded(host: str, number: int, delay: float) -> Iterator[int]:
    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if host.startswith("/"):
            there = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{number}")
        else:
            there = await asyncio.open_connection(host or "127.0.0.1", number)
        try:
            await asyncio.gather(_pass(reader, there[1], 0.0), _pass(there[0], writer, delay))
        except asyncio.CancelledError:
            return  # the test is over; asyncio would tell it as an error
        finally:
            there[1].close()
            writer.close()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    started = asyncio.start_server(lead, "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(started, loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.sleep(0)  # who has just come begins, and can then be told to go
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float) -> None:
    with suppress(OSError):
        while piece := await reader.read(65536):
            await asyncio.sleep(delay)
            writer.write(piece)
            await writer.drain()
    writer.close()
