"""What operators ask of one instance is done by that one, and by no other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from channels.db import database_sync_to_async
from django.db import transaction

from realtime import registry
from realtime.draining import Draining, draining
from realtime.models import Connection, Instance
from realtime.orders import ORDERS, Orders, end_connection, mark_instance
from realtime.reading import Stored
from realtime.registry import Identity, State
from realtime.testing import published
from tests.realtime.fleet import Page, Start, sql, start
from tests.waiting import auntil

__all__ = ["start"]

AT = "2026-03-01T09:30:00+00:00"


@pytest.fixture(autouse=True)
def _serves_again() -> Iterator[None]:
    yield
    draining.has_begun = draining.is_final = False


def codes(page: Page) -> int | None:
    """With what was it closed?"""
    code = page.connection.closed_with
    return None if code is None else int(code)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("realtime_alone")
async def test_an_instance_that_is_marked_empties_itself_and_serves_again(start: Start) -> None:
    here = start()
    pages = [here.page(number, "lobby.1") for number in range(5)]
    await auntil(lambda: instance_says(here.id, "NOT is_draining"))
    await mark(here.id, drain=True)
    await auntil(lambda: all(codes(page) == 1012 for page in pages))
    await auntil(lambda: instance_says(here.id, "is_draining"))
    assert draining.has_begun
    assert not draining.is_final
    await mark(here.id, drain=False)
    await auntil(lambda: instance_says(here.id, "NOT is_draining"))
    assert not draining.has_begun


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("realtime_alone")
async def test_who_is_not_named_goes_on(start: Start) -> None:
    here, there = start(), start()
    page = here.page(7)
    await auntil(lambda: instance_says(here.id, "sockets = 1"))
    beaten = await sql("SELECT heartbeat_at FROM realtime_instance WHERE id = %s", [here.id])
    await auntil(lambda: instance_says(there.id, "true"))
    await sql("UPDATE realtime_instance SET drain_asked = true WHERE id = %s", [uuid.uuid4().hex])
    await auntil(
        lambda: sql(
            "SELECT 1 FROM realtime_instance WHERE id = %s AND heartbeat_at > %s",
            [here.id, beaten[0][0]],
        )
    )
    assert not draining.has_begun
    assert codes(page) is None


async def instance_says(instance: str, condition: str) -> bool:
    return bool(
        await sql(f"SELECT 1 FROM realtime_instance WHERE id = %s AND {condition}", [instance])  # noqa: S608 - a constant
    )


@database_sync_to_async  # type: ignore[untyped-decorator]  # channels carries no types
def mark(instance: str, *, drain: bool) -> None:
    with transaction.atomic():
        mark_instance(Instance.objects.get(pk=instance), drain=drain)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("realtime_alone")
async def test_one_connection_is_ended_and_its_neighbours_stay(start: Start) -> None:
    here = start()
    one, other = here.page(1), here.page(2)
    orders = Orders(here.instance)
    words = {"instance": here.id, "connection": one.connection.id}
    elsewhere = {"instance": uuid.uuid4().hex, "connection": other.connection.id}
    stored = [
        Stored(number, "connection_ended", AT, data)
        for number, data in enumerate((elsewhere, words), start=1)
    ]
    orders.events(ORDERS, "6f1c0d2e9a47", stored)
    assert codes(one) == 4002
    assert codes(other) is None


@pytest.mark.django_db
def test_orders_are_told_with_what_they_change() -> None:
    me = Identity(uuid.uuid4().hex, "m1", "sin", "1")
    registry.register(me, State(0, False), [])
    instance = Instance.objects.get(pk=me.id)
    connection = Connection(id=uuid.uuid4(), instance=instance, host="main", kind="socket")
    with published() as events, transaction.atomic():
        mark_instance(instance, drain=True)
        end_connection(connection)
    assert [(one.room, one.kind) for one in events] == [
        (ORDERS, "instance_marked"),
        (ORDERS, "connection_ended"),
    ]
    assert events[1].data == {"instance": me.id, "connection": connection.pk.hex}
    assert registry.peers()[0].drain_asked
    # Whoever registers anew after a sweep of a moment ago is still marked.
    registry.register(me, State(0, False), [])
    assert registry.peers()[0].drain_asked


def test_a_process_that_ends_does_not_begin_to_serve_again() -> None:
    one = Draining()
    assert one.obey(True)
    assert not one.obey(True)
    assert not one.obey(False)
    assert not one.has_begun
    one.begin()
    assert not one.obey(False)
    assert one.has_begun
