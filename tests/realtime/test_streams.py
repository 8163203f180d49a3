"""Publishing in transactions: what is written, what is not, and what is refused."""

# ruff: noqa: PT012 - a transaction belongs to what fails in it

from __future__ import annotations

import json
import secrets
import threading
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg import IsolationLevel

from realtime.models import Event as EventRow
from realtime.models import Instance
from realtime.models import Room as RoomRow
from realtime.reading import Position, read_since
from realtime.stream_errors import (
    BadEvent,
    NotInTransaction,
    TooMuchPublished,
    UnknownRoom,
    WrongBackend,
    WrongIsolation,
)
from realtime.streams import publish
from tests.realtime.rooms_of_tests import Counted, Waved

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("realtime_alone"),
]


@pytest.fixture
def room() -> str:
    return f"hall.{secrets.token_hex(4)}"


def numbers(room: str) -> list[int]:
    (found,) = read_since([(room, Position("", 0))])
    assert [event.offset for event in found.events] == list(range(1, len(found.events) + 1))
    assert found.position.offset == len(found.events)
    return [event.data["n"] for event in found.events]


def test_what_commits_is_written_and_what_rolls_back_is_not(room: str) -> None:
    with transaction.atomic():
        publish(room, Counted(n=1))
        publish(room, Counted(n=2))
        assert not EventRow.objects.exists()
    with pytest.raises(RuntimeError), transaction.atomic():
        publish(room, Counted(n=3))
        raise RuntimeError
    with transaction.atomic():
        publish(room, Counted(n=4))
        transaction.set_rollback(True)
    assert numbers(room) == [1, 2]


def test_savepoints_take_back_what_was_published_in_them(room: str) -> None:
    with transaction.atomic():
        publish(room, Counted(n=1))
        with pytest.raises(RuntimeError), transaction.atomic():
            publish(room, Counted(n=2))
            with transaction.atomic():
                publish(room, Counted(n=3))
            raise RuntimeError
        with transaction.atomic():
            publish(room, Counted(n=4))
            with pytest.raises(IntegrityError), transaction.atomic():
                publish(room, Counted(n=5))
                Instance.objects.create(id="00000000-0000-0000-0000-000000000001")
                Instance.objects.create(id="00000000-0000-0000-0000-000000000001")
        publish(room, Counted(n=6))
    assert numbers(room) == [1, 4, 6]
    assert not connection.gathered  # type: ignore[attr-defined]


def test_savepoints_made_by_hand_are_savepoints_too(room: str) -> None:
    with transaction.atomic():
        publish(room, Counted(n=1))
        outer = transaction.savepoint()
        publish(room, Counted(n=2))
        inner = transaction.savepoint()
        publish(room, Counted(n=3))
        transaction.savepoint_rollback(outer)
        publish(room, Counted(n=4))
        transaction.savepoint_rollback(outer)
        publish(room, Counted(n=5))
        transaction.savepoint_commit(outer)
        assert inner
    assert numbers(room) == [1, 5]


def test_a_block_without_a_savepoint_takes_the_whole_along(room: str) -> None:
    with transaction.atomic():
        publish(room, Counted(n=1))
        with pytest.raises(RuntimeError), transaction.atomic(savepoint=False):
            publish(room, Counted(n=2))
            raise RuntimeError
    assert numbers(room) == []


def test_durable_blocks_and_blocks_without_autocommit(room: str) -> None:
    with transaction.atomic(durable=True):
        publish(room, Counted(n=1))
    transaction.set_autocommit(False)
    try:
        with transaction.atomic():
            publish(room, Counted(n=2))
        with transaction.atomic():
            publish(room, Counted(n=3))
        transaction.commit()
        with transaction.atomic():
            publish(room, Counted(n=4))
        transaction.rollback()
    finally:
        transaction.set_autocommit(True)
    assert numbers(room) == [1, 2, 3]


def test_several_rooms_are_written_in_one_statement(room: str) -> None:
    rooms = [f"{room}_{letter}" for letter in "ZazB-_9"]
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        for number, one in enumerate([*rooms, *reversed(rooms), rooms[0]]):
            publish(one, Counted(n=number))
    assert [query["sql"] for query in queries] == ["BEGIN", "COMMIT"]
    assert numbers(rooms[0]) == [0, 13, 14]
    assert [numbers(one) for one in rooms[1:]] == [[n, 13 - n] for n in range(1, 7)]
    assert len(set(RoomRow.objects.values_list("epoch", flat=True))) == len(rooms)


def test_outside_of_a_transaction_nothing_is_published(room: str) -> None:
    with pytest.raises(NotInTransaction, match="Put publish"):
        publish(room, Counted(n=1))
    assert issubclass(NotInTransaction, DatabaseError)


def test_hooks_after_the_commit_see_the_events(room: str) -> None:
    seen: list[list[int]] = []
    with transaction.atomic():
        transaction.on_commit(lambda: seen.append(numbers(room)))
        publish(room, Counted(n=1))
    assert seen == [[1]]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Counted(n="1"), "n must be int"),  # type: ignore[arg-type]
        (Counted(n=True), "n must be int"),
        (Counted(n=2**53), "browsers read exactly"),
        (Counted(n=1, by="\0"), "by must be text that PostgreSQL takes"),
        (Counted(n=1, by="\ud800"), "by must be text that PostgreSQL takes"),
        (Counted(n=1, by="é" * 8_000), "longer than 16000 bytes"),
        (Waved(hand="left"), "none of the events"),
        ({"n": 1}, "none of the events"),
    ],
)
def test_what_is_no_event_of_the_room_fails_in_the_publisher(
    room: str, given: Any, words: str
) -> None:
    with transaction.atomic(), pytest.raises(BadEvent, match=words):
        publish(room, given)


@pytest.mark.parametrize(
    "name", ["", "hall.", "Hall.1", "nowhere.1", "hall.a b", "hall." + "1" * 80, "hall.1.2", 7]
)
def test_what_is_no_room_fails_in_the_publisher(name: Any) -> None:
    with transaction.atomic(), pytest.raises(UnknownRoom):
        publish(name, Counted(n=1))


def test_too_many_events_fail_in_the_publisher(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.gathering.MOST_GATHERED", 2)
    with pytest.raises(TooMuchPublished), transaction.atomic():
        for n in range(3):
            publish(room, Counted(n=n))
    assert numbers(room) == []


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
@pytest.mark.parametrize("rooms", [1, 2])
def test_stricter_isolation_is_refused(room: str, level: str, rooms: int) -> None:
    with pytest.raises(WrongIsolation, match="READ COMMITTED"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {level}")
        Instance.objects.create(id="00000000-0000-0000-0000-000000000001")
        for number in range(rooms):
            publish(f"{room}{number}", Counted(n=1))
    assert not Instance.objects.exists()
    assert not RoomRow.objects.exists()


def test_stricter_isolation_in_the_settings_is_refused_at_once(
    room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.ensure_connection()  # made later, it would keep that level in the pool
    monkeypatch.setitem(
        connection.settings_dict["OPTIONS"], "isolation_level", IsolationLevel.SERIALIZABLE
    )
    with transaction.atomic(), pytest.raises(WrongIsolation):
        publish(room, Counted(n=1))


def test_an_event_that_cannot_be_written_undoes_the_transaction(room: str) -> None:
    ran: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE realtime_event ADD CONSTRAINT never CHECK (kind <> 'counted')")
    try:
        with pytest.raises(IntegrityError), transaction.atomic():
            transaction.on_commit(lambda: ran.append(1))
            Instance.objects.create(id="00000000-0000-0000-0000-000000000001")
            publish(room, Counted(n=1))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE realtime_event DROP CONSTRAINT never")
    assert not ran
    assert not Instance.objects.exists()
    with transaction.atomic():
        publish(room, Counted(n=2))
    assert numbers(room) == [2]


def test_an_error_that_was_caught_within_the_transaction_loses_nothing_silently(room: str) -> None:
    """PostgreSQL answers such a COMMIT with ROLLBACK, without an error."""
    with pytest.raises(DatabaseError), transaction.atomic():
        with connection.connection.cursor() as cursor, pytest.raises(Exception, match="division"):
            cursor.execute("SELECT 1 / 0")
        publish(room, Counted(n=1))
    assert numbers(room) == []


def test_a_connection_that_dies_in_the_transaction_takes_its_events_along(room: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        publish(room, Counted(n=1))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        _terminate(pid)
    connection.close()
    with transaction.atomic():
        publish(room, Counted(n=2))
    assert numbers(room) == [2]


def _terminate(pid: int) -> None:
    def terminate() -> None:
        with connection.cursor() as cursor:  # this thread's own
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        connection.close()

    thread = threading.Thread(target=terminate)
    thread.start()
    thread.join()


def test_another_backend_is_refused_with_the_cure(
    room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        monkeypatch.delattr(connection, "gathered")
        with pytest.raises(WrongBackend, match="ENGINE"):
            publish(room, Counted(n=1))
        monkeypatch.undo()


def test_events_are_kept_as_they_were_published(room: str) -> None:
    words = 'Kata "baru" \\ é 漢字 %s {} \u2028'
    with transaction.atomic():
        publish(room, Counted(n=2**53 - 1, by=words))
    with transaction.atomic():
        publish(room, Counted(n=-1, by=words))
        publish(room, Counted(n=-2, by=words))
    (found,) = read_since([(room, Position("", 0))])
    assert [event.data for event in found.events] == [
        {"n": n, "by": words} for n in (2**53 - 1, -1, -2)
    ]
    assert {event.kind for event in found.events} == {"counted"}
    assert json.dumps(found.events[0].at).endswith('Z"')
