"""What operators do to the running house, who may, and what is written about it."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from realtime import registry
from realtime.models import Connection, Instance
from realtime.registry import Identity, State
from realtime.testing import published
from sites.accounts.models import AuditEntry
from sites.internal.operations.actions import (
    OperationRefused,
    drain_instance,
    end_connection,
    serve_again,
)
from tests.sites.desk.people import SmallHouse


def instance(*, is_draining: bool = False) -> Instance:
    me = Identity(uuid.uuid4().hex, f"m-{uuid.uuid4().hex[:8]}", "sin", "1")
    registry.register(me, State(3, is_draining), [])
    return Instance.objects.get(pk=me.id)


def is_marked(one: Instance) -> bool:
    return Instance.objects.get(pk=one.pk).drain_asked


def test_an_instance_is_emptied_and_serves_again_and_both_are_written_down(
    house: SmallHouse,
) -> None:
    one, _other = instance(), instance()
    operator, now = house.people["operator"], timezone.now()
    with published() as events:
        drain_instance(one.pk, by=operator, now=now)
    assert [event.kind for event in events] == ["instance_marked"]
    assert is_marked(one)
    with CaptureQueriesContext(connection) as queries:
        serve_again(one.pk, by=operator, now=now)
    assert not is_marked(one)
    # Held until the commit: of one that is swept meanwhile, no row is left to be written.
    assert any("FOR UPDATE" in query["sql"] for query in queries)
    entries = AuditEntry.objects.filter(subject_id=str(one.pk)).order_by("pk")
    assert [(entry.action, entry.actor) for entry in entries] == [
        ("instance.drain", operator.pk),
        ("instance.serve", operator.pk),
    ]


def test_the_last_that_serves_is_not_emptied(house: SmallHouse) -> None:
    one, other = instance(), instance()
    operator, now = house.people["operator"], timezone.now()
    Instance.objects.exclude(pk__in=[one.pk, other.pk]).delete()
    drain_instance(other.pk, by=operator, now=now)
    with pytest.raises(OperationRefused, match="No other instance serves"):
        drain_instance(one.pk, by=operator, now=now)
    instance(is_draining=True)
    with pytest.raises(OperationRefused, match="No other instance serves"):
        drain_instance(one.pk, by=operator, now=now)


def test_what_is_gone_is_refused_in_words(house: SmallHouse) -> None:
    operator, now, nobody = house.people["operator"], timezone.now(), uuid.uuid4()
    for act in (drain_instance, serve_again, end_connection):
        with pytest.raises(OperationRefused, match="has ended already"):
            act(nobody, by=operator, now=now)


def test_one_connection_is_ended(house: SmallHouse) -> None:
    one = instance()
    socket = Connection.objects.create(
        id=uuid.uuid4(), instance=one, user_id=house.people["reader"].pk, host="main", kind="socket"
    )
    operator = house.people["operator"]
    with published() as events:
        end_connection(socket.pk, by=operator, now=timezone.now())
    assert [(event.kind, event.data["connection"]) for event in events] == [
        ("connection_ended", socket.pk.hex)
    ]
    entry = AuditEntry.objects.get(action="connection.end", subject_id=str(socket.pk))
    assert entry.facts == {"account": house.people["reader"].pk}


@pytest.mark.parametrize("role", ["reader", "author", "editor", "support", "moderator", "manager"])
def test_nobody_else_may(house: SmallHouse, role: str) -> None:
    one, person = instance(), house.people[role]
    for act in (drain_instance, serve_again, end_connection):
        with pytest.raises(PermissionDenied):
            act(one.pk, by=person, now=timezone.now())
