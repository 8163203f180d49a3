"""How every test of a fault ends: whoever outlived it keeps no more memory than before and nothing of
what was said, and when all have ended nothing of them is in the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.realtime.faults.scene import advisory_locks, asking, lasting_rows
from tests.realtime.stage import Actor
from tests.waiting import until

#: Bytes that a process may keep more than when it was ready, whatever happened to it: the 5 MB that
#: are granted to 20,000 sockets, and 3 for the first connections, threads and statements.
MOST_GROWTH = 8_000_000
#: Bytes that an allocator may hold back of each of the sockets that were open at once: a quarter of the
#: 40 KB that one may take. (What is left of 20,000 that came and went is 5 MB in all.)
HELD_BACK = 10_000
#: Seconds for a server's process to find that whoever it worked for is gone.
GONE_IN = 30.0


class Survivors:
    """The actors of a test, and what each kept when it was ready."""

    def __init__(self) -> None:
        self._before: list[tuple[Actor, int]] = []

    def watching(self, start: Callable[..., Actor]) -> Callable[..., Actor]:
        """Give what starts actors as ``start`` does, and has them watched."""

        def watched(*words: Any, **named: Any) -> Actor:
            actor = start(*words, **named)
            self._before.append((actor, actor("memory")))
            return actor

        return watched

    def assert_they_keep_nothing(self) -> None:
        """Each that lives lets go of what it has collected for the test; then it keeps what it did."""
        for actor, before in self._before:
            if actor.process.poll() is None:
                actor.resume()
                actor("let_go")
                until(lambda actor=actor: not any(actor("kept").values()))
                assert_hardly_more(before, actor("memory"))


def assert_hardly_more(before: int, now: int, sockets: int = 0) -> None:
    """Assert that a process keeps about as many bytes as before, when all of so many sockets are gone."""
    most = MOST_GROWTH + HELD_BACK * sockets
    assert now - before <= most, f"{now - before} bytes more than before the fault, over {most}."


def assert_nothing_is_left(address: str) -> None:
    """Of processes that have ended, however they did: no connection, no lock, no row that would not
    have expired in a minute, and nothing that waits for a listener."""
    until(lambda: sessions(address) == 0, GONE_IN)
    assert advisory_locks(address) == 0
    assert lasting_rows(address) == 0
    assert unheard(address) == 0


def sessions(address: str) -> int:
    """How many connections has the database, beside this question's?"""
    return _count(
        address,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
    )


def unheard(address: str) -> int:
    """Give how much of the server's queue of notifications, in hundredths, is kept for somebody."""
    return _count(address, "SELECT (100 * pg_notification_queue_usage())::int")


def _count(address: str, question: str) -> int:
    with asking(address) as connection:
        found = connection.execute(question.encode()).fetchone()
    assert found is not None
    return int(found[0])
