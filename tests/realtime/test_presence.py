"""Who has a room open, on several instances."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connections

from realtime import presence
from realtime.headcount import MOST_NAMED
from realtime.presence import person, present_in, show_people_by, shows_presence
from tests.realtime.fleet import LINGER, Start, rows, settles, start
from tests.waiting import auntil

__all__ = ["start"]

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("realtime_alone", "named"),
]

#: A person who never shows themselves.
SHY = 13


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "_describe", [])

    def describe(asks: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Mapping[str, Any]]:
        return {ask: {"name": f"Person {ask[1]}"} for ask in asks if ask[1] != SHY}

    show_people_by(describe)


def names(page: Any) -> set[str]:
    return {entry["name"] for entry in page.people.values()}


async def test_a_person_is_one_however_many_tabs_on_however_many_instances(start: Start) -> None:
    here, there = start(), start()
    first, second = here.page(7, "lobby.1"), here.page(7, "lobby.1")
    away, visitor = there.page(7, "lobby.1"), there.page(None, "lobby.1")
    other = there.page(9, "lobby.1")
    everybody = (first, second, away, visitor, other)
    await auntil(lambda: all(page.count == 3 for page in everybody))
    assert all(names(page) == {"Person 7", "Person 9"} for page in everybody)
    first.close()
    second.close()
    await settles(lambda: other.count == 3, LINGER + 0.5)  # the third tab is still there


async def test_who_comes_later_is_told_the_state_and_others_what_changed(start: Start) -> None:
    here = start()
    first = here.page(7, "lobby.1")
    await auntil(lambda: first.count == 1)
    later = here.page(9, "lobby.1")
    await auntil(lambda: later.told)
    assert later.told[0]["people"] == [{"name": "Person 7", "person": person(7)}]
    await auntil(lambda: first.count == 2)
    assert first.told[-1] == {
        "is": "presence",
        "room": "lobby.1",
        "count": 2,
        "came": [{"name": "Person 9", "person": person(9)}],
    }
    later.close()
    await auntil(lambda: first.count == 1)
    assert first.told[-1]["left"] == [{"person": person(9)}]


async def test_a_page_that_is_loaded_again_is_nothing_to_tell(start: Start) -> None:
    here, there = start(), start()
    stays, goes = here.page(7, "lobby.1"), there.page(9, "lobby.1")
    await auntil(lambda: stays.count == 2)
    said = len(stays.told)
    for _ in range(3):
        goes.close()
        await asyncio.sleep(0.4)  # longer than a look at the table: it is seen to be away
        goes = here.page(9, "lobby.1")
        await asyncio.sleep(0.2)
    assert len(stays.told) == said
    goes.close()
    await auntil(lambda: stays.count == 1)


async def test_who_is_quiet_hears_and_is_not_counted(start: Start) -> None:
    here = start()
    quiet = here.page(7)
    quiet.enter("lobby.1", quietly=True)
    await auntil(lambda: quiet.count == 0)
    loud = here.page(9, "lobby.1")
    await auntil(lambda: quiet.count == loud.count == 1)


async def test_who_is_not_described_is_counted_and_not_named(start: Start) -> None:
    here = start()
    page = here.page(SHY, "lobby.1")
    here.page(7, "lobby.1")
    await auntil(lambda: page.count == 2)
    await auntil(lambda: names(page) == {"Person 7"})
    assert all("13" not in str(one) for one in page.told)


async def test_who_came_while_nobody_could_be_described_is_told_afterwards(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = start()
    first = here.page(7, "lobby.1")
    await auntil(lambda: names(first) == {"Person 7"})
    (describe,) = presence._describe
    failures = []

    def fail_once(asks: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Mapping[str, Any]]:
        if not failures:
            failures.append(asks)
            raise DatabaseError("away")
        return describe(asks)

    monkeypatch.setattr(presence, "_describe", [fail_once])
    later = here.page(9, "lobby.1")
    await auntil(lambda: failures)
    await auntil(lambda: names(first) == names(later) == {"Person 7", "Person 9"})


async def test_a_room_that_was_left_while_another_was_refused_is_forgotten(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "LOOK_EVERY", 0.2)
    here = start()
    stays, refused = here.page(7, "lobby.1"), here.page(9)
    await auntil(lambda: stays.count == 1)
    here.hub.hold(refused.connection, "lobby.1")
    stays.close()
    here.hub.leave(refused.connection, "lobby.1")
    await auntil(lambda: not here.instance.presence._rooms)


async def test_above_the_cap_only_the_number_is_told(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "CROWD_EVERY", 0.5)
    here = start()
    page = here.page(1, "lobby.1")
    crowd = [here.page(number, "lobby.1") for number in range(2, MOST_NAMED + 1)]
    await auntil(lambda: page.count == MOST_NAMED)
    await auntil(lambda: len(names(page)) == MOST_NAMED - 1)
    one_more = here.page(1000, "lobby.1")
    await auntil(lambda: page.count == MOST_NAMED + 1)
    assert "people" not in page.told[-1]
    assert not page.told[-1].get("came")
    one_more.close()
    for other in crowd:
        other.close()
    await auntil(lambda: page.count == 1)
    assert names(page) == {"Person 1"}


async def test_rooms_of_other_kinds_tell_nothing(start: Start) -> None:
    here = start()
    page = here.page(7, "hall.1", "user.7")
    await auntil(lambda: written(1))
    await settles(lambda: not page.told, 0.4)
    assert not shows_presence("hall.1")
    assert not shows_presence("nothing.1")
    assert shows_presence("lobby.1")


async def test_the_dead_are_gone(start: Start) -> None:
    here, dead = start(), start()
    stays = here.page(7, "lobby.1")
    for number in (8, 9, 10):
        dead.page(number, "lobby.1")
    dead.page(None, "lobby.1")
    await auntil(lambda: stays.count == 5)
    await dead.die()
    await auntil(lambda: stays.count == 1)
    left = [entry["person"] for one in stays.told for entry in one.get("left", ())]
    assert sorted(left) == sorted(person(number) for number in (8, 9, 10))  # each once


async def test_after_a_lost_connection_the_state_is_told_anew(start: Start) -> None:
    here, there = start(), start()
    page = here.page(7, "lobby.1")
    there.page(8, "lobby.1")
    await auntil(lambda: page.count == 2)
    said = len(page.told)
    await auntil(lambda: end_listeners() > 0)
    there.page(9, "lobby.1")
    await auntil(lambda: any("people" in one for one in page.told[said:]))
    await auntil(lambda: page.count == 3)
    assert len(page.people) == 3


def end_listeners() -> int:
    """Cut the connections on which this test's layer hears."""
    params = connections["default"].get_connection_params()
    known = {
        key: params[key] for key in ("host", "port", "user", "password", "dbname") if key in params
    }
    with psycopg.connect(**known, autocommit=True) as server:
        found = server.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name LIKE 'realtime listener%'"
        ).fetchone()
    assert found
    return int(found[0])


def test_many_rooms_are_read_in_one_statement(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert present_in([f"lobby.{number}" for number in range(500)]) == {}
    with django_assert_num_queries(2):
        present_in([f"lobby.{number}" for number in range(501)])


async def written(count: int) -> bool:
    return (await rows())[1] == count


def test_nobody_reads_a_key_of_the_database() -> None:
    assert person(7) == person(7) != person(8)
    assert len(person(7)) == 16
