"""Instances and their connections in the tables, asked by several at once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from realtime import registry
from realtime.models import Connection, Instance
from realtime.registry import Identity, Row, State, Swept

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("realtime_alone"),
]

AT = datetime(2026, 1, 1, tzinfo=UTC)


def identity() -> Identity:
    return Identity(uuid.uuid4().hex, "m1", "sin", "v1")


def row(*rooms: str, user_id: int | None = 7, key: str = "") -> Row:
    return Row(key or uuid.uuid4().hex, user_id, "chapter", "socket", rooms, AT)


def registered(*rows: Row) -> Identity:
    me = identity()
    registry.register(me, State(len(rows), False, {"realtime_sockets": len(rows)}), rows)
    return me


def kept(me: Identity) -> dict[str, tuple[str, ...]]:
    found = Connection.objects.filter(instance_id=me.id)
    return {one.id.hex: tuple(one.rooms) for one in found}


def silence(me: Identity, seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE realtime_instance SET heartbeat_at = now() - make_interval(secs => %s)"
            " WHERE id = %s",
            [seconds, me.id],
        )


def test_an_instance_is_written_with_everything_it_has() -> None:
    rows = [row("book.1", "user.7"), row(user_id=None)]
    me = registered(*rows)
    assert kept(me) == {one.id: one.rooms for one in rows}
    (peer,) = registry.peers()
    assert (peer.id, peer.machine, peer.region, peer.version) == (me.id, "m1", "sin", "v1")
    assert (peer.sockets, peer.is_draining) == (2, False)
    assert 0 <= peer.silent < 5
    # Again, after something was lost: what is there now, and nothing of before.
    registry.register(me, State(1, True), [row("book.2", key=rows[0].id)])
    assert kept(me) == {rows[0].id: ("book.2",)}
    assert registry.peers()[0].is_draining


def test_changes_of_a_batch_are_one_statement(django_assert_num_queries: Any) -> None:
    stays, goes, new = row("book.1"), row("book.1"), row("book.3", user_id=None)
    me = registered(stays, goes)
    moved = row("book.2", key=stays.id)
    with django_assert_num_queries(1):
        assert registry.write(me.id, [moved, new], [goes.id], 2)
    assert kept(me) == {stays.id: ("book.2",), new.id: ("book.3",)}
    found = Connection.objects.get(id=new.id)
    assert (found.user_id, found.host, found.kind, found.opened_at) == (
        None,
        "chapter",
        "socket",
        AT,
    )


def test_who_was_swept_writes_nothing_and_is_told() -> None:
    me, other = registered(row("book.1")), registered()
    silence(me, 30)
    assert registry.sweep(20, by=other.id) == Swept((me.id,), ("book.1",))
    assert not registry.write(me.id, [row("book.1")], [], 1)
    assert registry.beat(me.id, State(1, False)) is None
    assert not Connection.objects.exists()


def test_a_beat_tells_how_many_rows_the_table_has() -> None:
    me = registered(row(), row())
    silence(me, 30)
    found = registry.beat(me.id, State(2, True, {"realtime_rooms": 4}))
    assert found is not None
    assert found[0] == 2
    assert [peer.silent < 5 for peer in found[1]] == [True]
    instance = Instance.objects.get()
    assert (instance.sockets, instance.is_draining, instance.facts) == (
        2,
        True,
        {"realtime_rooms": 4},
    )


def test_only_the_silent_are_swept_and_nobody_sweeps_themselves() -> None:
    dead, alive, me = registered(row("book.1")), registered(row("book.1")), registered()
    silence(dead, 21)
    silence(alive, 19)
    silence(me, 21)
    assert registry.sweep(20, by=me.id).instances == (dead.id,)
    assert {peer.id for peer in registry.peers()} == {alive.id, me.id}
    assert kept(alive)


def test_one_of_many_sweeps_the_dead() -> None:
    dead = [registered(row("book.1"), row(f"chapter.{n}")) for n in range(5)]
    for one in dead:
        silence(one, 60)
    swept: list[Swept] = []
    at_once = threading.Barrier(6)

    def sweep() -> None:
        at_once.wait()
        swept.append(registry.sweep(20, by=uuid.uuid4().hex))

    _together([sweep] * 6)
    assert sorted(one for found in swept for one in found.instances) == sorted(
        one.id for one in dead
    )
    assert {room for found in swept for room in found.rooms} == {
        "book.1",
        *(f"chapter.{n}" for n in range(5)),
    }
    assert not Connection.objects.exists()


def test_what_is_written_while_one_is_swept_is_never_left_over() -> None:
    """A machine that wakes writes in the moment in which it is swept: either it is alive, or nothing
    of it stays."""
    for _ in range(25):
        me = registered(row("book.1"))
        silence(me, 60)
        known: list[bool] = []
        at_once = threading.Barrier(2)

        def write(me: Identity = me, known: list[bool] = known) -> None:
            at_once.wait()  # noqa: B023 - of this round
            known.append(registry.write(me.id, [row("book.2")], [], 2))

        def sweep() -> None:
            at_once.wait()  # noqa: B023 - of this round
            registry.sweep(20, by=uuid.uuid4().hex)

        _together([write, sweep])
        assert len(kept(me)) == (2 if known == [True] else 0)
        assert Instance.objects.filter(id=me.id).exists() == known[0]
        registry.remove(me.id)


def test_an_instance_that_ends_leaves_nothing() -> None:
    me, other = registered(row(), row()), registered(row())
    registry.remove(me.id)
    assert not kept(me)
    assert [peer.id for peer in registry.peers()] == [other.id]
    assert kept(other)


def test_five_thousand_connections_are_written_in_one_statement() -> None:
    rows = [row("book.1", f"user.{n}", user_id=n) for n in range(5000)]
    me = registered(*rows)
    assert len(kept(me)) == 5000
    assert registry.write(me.id, [], [one.id for one in rows], 0)
    assert not kept(me)


def _together(work: list[Callable[[], None]]) -> None:
    failed: list[BaseException] = []

    def run(one: Callable[[], None]) -> None:
        try:
            one()
        except BaseException as error:  # noqa: BLE001 - raised below, in the test's own thread
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
