"""What the server sees of the layers, and how it is made to fail them."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

import psycopg

from tests.realtime.stage import Actor
from tests.waiting import until


@contextlib.contextmanager
def asking(address: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(address, autocommit=True) as connection:
        yield connection


def backends(address: str, name: str) -> list[int]:
    """Give the server's processes of connections whose application_name begins with ``name``."""
    with asking(address) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE starts_with(application_name, %s)"
            " AND datname = current_database()",
            [name],
        )
        return [pid for (pid,) in found]


def listener_of(address: str, channel: str) -> int | None:
    """Give the server's process that serves the listener of the process with this channel."""
    endpoint = channel.partition("!")[0].rpartition(".")[2]
    found = backends(address, f"realtime listener {endpoint}")
    return found[0] if found else None


def terminate(address: str, pid: int) -> None:
    with asking(address) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", [pid])


def rows_left(address: str) -> int:
    with asking(address) as connection:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM realtime_longmessage)"
            " + (SELECT count(*) FROM realtime_workermessage)"
        ).fetchone()
    assert found is not None
    return int(found[0])


def lasting_rows(address: str) -> int:
    """Give how many rows of the layer are to stay for longer than a minute, `expiry`'s default."""
    with asking(address) as connection:
        found = connection.execute(
            "SELECT count(*) FROM (SELECT expires_at FROM realtime_longmessage"
            " UNION ALL SELECT expires_at FROM realtime_workermessage) AS rows"
            " WHERE expires_at > now() + interval '61 seconds'"
        ).fetchone()
    assert found is not None
    return int(found[0])


def advisory_locks(address: str) -> int:
    with asking(address) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
    assert found is not None
    return int(found[0])


def numbers(actor: Actor, channel: str) -> list[int]:
    """Give the numbers of the messages that a channel has collected so far."""
    found: list[int] = actor("numbers", channel=channel)
    return found


def gaps(got: list[int]) -> list[tuple[int, int]]:
    """Give the first and last number of each run that is missing between the first and last got."""
    pairs = itertools.pairwise(got)
    return [(before + 1, after - 1) for before, after in pairs if after != before + 1]


def assert_in_order_and_once(got: list[int]) -> None:
    assert got == sorted(set(got)), "Something was repeated or out of order."


def member(actor: Actor, group: str) -> str:
    """Give a channel of an actor that collects what the group is told."""
    channel: str = actor("new_channel")
    actor("collect", channel=channel)
    actor("group_add", group=group, channel=channel)
    return channel


def hears(actor: Actor, channel: str, number: int, patience: float) -> None:
    """Wait until a channel has got a number, or a higher one."""
    until(lambda: (got := numbers(actor, channel)) and got[-1] >= number, patience)
