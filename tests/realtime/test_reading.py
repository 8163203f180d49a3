"""What a stream holds after a position: all of it, or a snapshot; never a silent part."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from realtime import reading
from realtime.epochs import new_epochs
from realtime.models import Event, Room
from realtime.pruning import count_prunable, erase_forever, prune
from realtime.reading import NOTHING_YET, Position, read_since
from realtime.rooms import RoomKind
from realtime.streams import REVOCATIONS, publish, revoke, session_digest
from realtime.testing import Published, published, registered
from tests.realtime.rooms_of_tests import HALL, Counted, empty, everybody

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("realtime_alone"),
]


@pytest.fixture
def room() -> str:
    return f"hall.{secrets.token_hex(4)}"


def tell(room: str, count: int) -> Position:
    with transaction.atomic():
        for number in range(count):
            publish(room, Counted(n=number))
    (found,) = read_since([(room, None)])
    return found.position


def offsets(room: str, since: Position | None) -> tuple[bool, list[int]]:
    (found,) = read_since([(room, since)])
    return found.recovered, [event.offset for event in found.events]


def test_a_position_is_recovered_from_or_not(room: str) -> None:
    assert read_since([(room, None)])[0].position == NOTHING_YET
    assert offsets(room, NOTHING_YET) == (True, [])
    epoch, head = tell(room, 5)
    assert head == 5
    assert offsets(room, Position(epoch, 3)) == (True, [4, 5])
    assert offsets(room, Position(epoch, 5)) == (True, [])
    assert offsets(room, NOTHING_YET) == (True, [1, 2, 3, 4, 5])
    assert offsets(room, None) == (False, [])
    assert offsets(room, Position("another", 3)) == (False, [])
    # From a future that a restored backup does not know.
    assert offsets(room, Position(epoch, 6)) == (False, [])
    assert offsets(room, Position("", 3)) == (False, [])


def test_many_rooms_are_read_in_one_statement(room: str) -> None:
    rooms = [f"{room}{number}" for number in range(30)]
    places = [tell(one, number) for number, one in enumerate(rooms)]
    asks = [(one, Position(place.epoch, 0)) for one, place in zip(rooms, places, strict=True)]
    with connection.execute_wrapper(_count := _Count()):
        found = read_since([*reversed(asks), asks[3], ("hall.nobody", None)])
    assert _count.statements == 1
    assert [len(one.events) for one in found] == [*reversed(range(30)), 3, 0]
    assert [one.room for one in found[:30]] == rooms[::-1]


class _Count:
    statements = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.statements += 1
        return execute(sql, params, many, context)


def test_who_has_missed_too_much_gets_a_snapshot(
    room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_CAUGHT_UP", 4)
    epoch, _head = tell(room, 6)
    assert offsets(room, Position(epoch, 2)) == (True, [3, 4, 5, 6])
    assert offsets(room, Position(epoch, 1)) == (False, [])


def test_pruned_by_count_and_by_age(room: str) -> None:
    other = f"{room}_other"
    kind = RoomKind(
        name="hall",
        events=(Counted,),
        allowed=everybody,
        snapshot=empty,
        keep_for=timedelta(days=1),
        keep_at_most=4,
    )
    with registered(kind):
        epoch, _ = tell(room, 10)
        tell(other, 3)
        now = timezone.now()
        assert count_prunable(now=now) == 6
        assert prune(now=now) == 6
        assert prune(now=now) == 0
        assert offsets(room, Position(epoch, 6)) == (True, [7, 8, 9, 10])
        assert offsets(room, Position(epoch, 5)) == (False, [])
        assert offsets(room, Position(epoch, 10)) == (True, [])
        # Half an hour later some of the other room are a day old.
        Event.objects.filter(room__name=other, offset__lte=2).update(at=now - timedelta(hours=24))
        assert prune(now=now + timedelta(minutes=30)) == 2
        assert prune(now=now + timedelta(days=2)) == 5
        assert not Event.objects.exists()
        # And the streams go on where they were.
        assert tell(room, 1) == Position(epoch, 11)
        assert offsets(room, Position(epoch, 10)) == (True, [11])


def test_pruning_goes_by_pages(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.pruning.ROOMS_AT_ONCE", 3)
    monkeypatch.setattr("realtime.pruning.EVENTS_AT_ONCE", 4)
    for number in range(8):
        tell(f"{room}{number}", number)
    assert count_prunable(now=timezone.now() + timedelta(days=8)) == 28
    assert prune(now=timezone.now() + timedelta(days=8)) == 28


def test_events_of_rooms_that_are_gone_are_pruned(room: str) -> None:
    tell(room, 3)
    Room.objects.all().delete()
    assert prune(now=timezone.now()) == 3


def test_what_was_told_in_a_room_can_be_erased(room: str) -> None:
    epoch, _head = tell(room, 3)
    tell(f"{room}_other", 2)
    with transaction.atomic():
        assert erase_forever(room) == 3
    assert offsets(room, Position(epoch, 1)) == (False, [])
    assert tell(room, 1) == Position(epoch, 4)
    assert Event.objects.count() == 3


def test_one_prunes_at_a_time(room: str) -> None:
    import threading

    tell(room, 3)
    later, result = timezone.now() + timedelta(days=8), []

    def other() -> None:
        result.append(prune(now=later))
        connection.close()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [0x7072756E])
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert result == [0]
    assert prune(now=later) == 3


def test_the_commands(room: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = tell(room, 3)
    Event.objects.update(at=timezone.now() - timedelta(days=8))
    for words in (["prune_streams", "--dry-run"], ["prune_streams"], ["new_epochs", "--dry-run"]):
        call_command(*words)
    assert capsys.readouterr().out.splitlines() == [
        "3 events are kept no longer.",
        "3 events were deleted.",
        "1 rooms would begin anew. Clients that are connected learn it within seconds.",
    ]
    call_command("new_epochs")
    assert read_since([(room, None)])[0].position.epoch != before.epoch


def test_new_epochs(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.epochs.ROOMS_AT_ONCE", 3)
    places = [tell(f"{room}{letter}", 2) for letter in "aZ-_9bcd"]
    assert new_epochs() == 8
    after = set(Room.objects.values_list("epoch", flat=True))
    assert len(after) == 8
    assert not after & {place.epoch for place in places}
    assert offsets(f"{room}a", places[0]) == (False, [])


def test_what_was_published_in_a_test_that_commits(room: str) -> None:
    with published() as events, transaction.atomic():
        publish(room, Counted(n=1))
        with pytest.raises(RuntimeError):
            _publish_and_fail(room)
    assert events == [Published(room, "counted", {"n": 1, "by": ""})]
    assert published().__enter__() == []


def _publish_and_fail(room: str) -> None:
    with transaction.atomic():
        publish(room, Counted(n=2))
        raise RuntimeError


@pytest.mark.django_db(transaction=False)
def test_what_was_published_in_a_test_that_does_not() -> None:
    with transaction.atomic():
        publish("hall.1", Counted(n=1))
    with published() as events:
        with transaction.atomic():
            publish("hall.1", Counted(n=2))
        with pytest.raises(RuntimeError):
            _publish_and_fail("hall.1")
    assert [event.data["n"] for event in events] == [2]


def test_revocations_name_sessions_by_their_digest() -> None:
    with published() as events, transaction.atomic():
        revoke(user_id=7)
        revoke(session="abc", room="hall.1")
    assert {event.room for event in events} == {REVOCATIONS}
    assert events[0].data == {"user_id": 7, "session": "", "room": "", "rooms": []}
    assert events[1].data["session"] == session_digest("abc") != "abc"
    with pytest.raises(ValueError, match="needs"):
        revoke()


def test_kinds_registered_for_a_test_are_gone_after_it() -> None:
    from realtime.rooms import kind_of

    kind = RoomKind(
        name="hall",
        events=(),
        allowed=everybody,
        snapshot=empty,
        keep_for=timedelta(days=1),
        keep_at_most=1,
    )
    with registered(kind):
        assert kind_of("hall.1") is kind
    assert kind_of("hall.1") is HALL
