"""The operations page and the list of connections, without scripts."""

from __future__ import annotations

import uuid

from realtime.models import Connection, Instance
from sites.accounts.models import AuditEntry
from sites.internal.operations.views import OF_A_PAGE
from tests.sites.desk.people import SmallHouse
from tests.sites.internal.operations.test_actions import instance


def connected(one: Instance, user: int | None = None, number: int = 1) -> list[Connection]:
    return Connection.objects.bulk_create(
        Connection(
            id=uuid.uuid4(),
            instance=one,
            user_id=user,
            host="chapter",
            kind="socket",
            rooms=["book.1"],
        )
        for _ in range(number)
    )


def test_the_page_lists_instances_with_what_can_be_done(house: SmallHouse) -> None:
    one, _other = instance(), instance(is_draining=True)
    page = house.visitor("internal", "operator").get("/operations/").content.decode()
    assert one.machine in page
    assert f'action="/operations/instances/{one.pk}/drain/"' in page
    assert "sends its sockets elsewhere" in page
    assert 'href="/operations/"' in page  # in the sidebar


def test_a_form_empties_an_instance(house: SmallHouse) -> None:
    one, _other = instance(), instance()
    operator = house.visitor("internal", "operator")
    answer = operator.post(f"/operations/instances/{one.pk}/drain/", follow=True)
    assert "within seconds" in answer.content.decode()
    one.refresh_from_db()
    assert one.drain_asked
    answer = operator.post(f"/operations/instances/{uuid.uuid4()}/serve/", follow=True)
    assert "has ended already" in answer.content.decode()
    assert operator.get(f"/operations/instances/{one.pk}/drain/").status_code == 405


def test_others_are_shown_the_door(house: SmallHouse) -> None:
    one = instance()
    for role in ("support", "moderator"):
        client = house.visitor("internal", role)
        assert client.get("/operations/").status_code == 403
        assert client.get("/operations/connections/").status_code == 403
        assert client.post(f"/operations/instances/{one.pk}/drain/").status_code == 403
        assert 'href="/operations/"' not in client.get("/").content.decode()


def test_a_manager_looks_and_changes_nothing(house: SmallHouse) -> None:
    one, _other = instance(), instance()
    connected(one)
    client = house.visitor("internal", "manager")
    assert one.machine in client.get("/operations/").content.decode()
    for path in ("/operations/", "/operations/connections/"):
        page = client.get(path).content.decode()
        assert "/drain/" not in page
        assert "/end/" not in page
    assert client.post(f"/operations/instances/{one.pk}/drain/").status_code == 403


def test_connections_are_paged_and_narrowed(house: SmallHouse) -> None:
    one, other = instance(), instance()
    reader = house.people["reader"]
    connected(one, number=OF_A_PAGE)
    (own,) = connected(other, reader.pk)
    operator = house.visitor("internal", "operator")
    page = operator.get(f"/operations/connections/?instance={one.pk}").content.decode()
    assert page.count("/end/") == OF_A_PAGE
    assert 'rel="next"' not in page
    page = operator.get(f"/operations/connections/?account={reader.pk}").content.decode()
    assert page.count("/end/") == 1
    assert str(reader) in page
    assert f"/operations/connections/{own.pk}/end/" in page
    connected(one)
    page = operator.get(f"/operations/connections/?instance={one.pk}").content.decode()
    assert 'rel="next"' in page
    odd = operator.get(
        "/operations/connections/?instance=%00&account=9999999999999999999999&page=é"
    )
    assert odd.status_code == 200


def test_a_form_ends_a_connection(house: SmallHouse) -> None:
    (row,) = connected(instance())
    operator = house.visitor("internal", "operator")
    answer = operator.post(f"/operations/connections/{row.pk}/end/", follow=True)
    assert "The connection is ended." in answer.content.decode()
    assert AuditEntry.objects.filter(action="connection.end", subject_id=str(row.pk)).exists()
    log = operator.get("/audit/?action=connection.end").content.decode()
    assert "Connection ended" in log
