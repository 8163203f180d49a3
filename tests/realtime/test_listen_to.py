"""A further NOTIFY channel on the connection by which a layer listens."""

from __future__ import annotations

import asyncio

import psycopg

from realtime.layer import PostgresChannelLayer

#: Seconds; what is waited for takes milliseconds.
DEADLINE = 30.0


class Notes:
    """Writes down what a hearer is told."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[str] = asyncio.Queue()

    def heard(self, text: str) -> None:
        self._told.put_nowait(text)

    def lost(self) -> None:
        self._told.put_nowait("(lost)")

    def resumed(self) -> None:
        self._told.put_nowait("(resumed)")

    async def next(self) -> str:
        return await asyncio.wait_for(self._told.get(), DEADLINE)


def say(address: str, *statements: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


async def test_whoever_says_something_is_heard_by_every_process(layer_database: str) -> None:
    layers = [PostgresChannelLayer(layer_database, prefix=f"further{n}") for n in range(2)]
    notes = [Notes(), Notes()]
    try:
        for layer, note in zip(layers, notes, strict=True):
            await layer.listen_to("further_words", note)
        words = ["NOTIFY further_words, 'laut'", "NOTIFY further_words", "NOTIFY others, 'x'"]
        await asyncio.to_thread(say, layer_database, *words)
        for note in notes:
            assert [await note.next(), await note.next()] == ["laut", ""]
    finally:
        for layer in layers:
            await layer.close()


async def test_a_lost_connection_is_told_and_comes_back_with_the_channel(
    layer_database: str,
) -> None:
    layer, note = PostgresChannelLayer(layer_database, prefix="further"), Notes()
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name LIKE 'realtime listener%' AND datname = current_database()"
    )
    try:
        await layer.listen_to("further_ends", note)
        await asyncio.to_thread(say, layer_database, end)
        assert [await note.next(), await note.next()] == ["(lost)", "(resumed)"]
        await asyncio.to_thread(say, layer_database, "NOTIFY further_ends, 'again'")
        assert await note.next() == "again"
        # The layer's own messages go on beside it.
        channel = await layer.new_channel()
        await layer.send(channel, {"type": "own"})
        assert await asyncio.wait_for(layer.receive(channel), DEADLINE) == {"type": "own"}
    finally:
        await layer.close()
