"""Who hears the rooms of the office: whom its door lets in, with the right role."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from realtime.rooms import Ask, kind_of
from tests.sites.desk.people import SmallHouse

#: room → the roles that hear it; superusers hear all.
MAY = {
    "operations": {"operator", "manager"},
    "approvals": {"editor", "manager"},
    "moderation": {"moderator", "manager"},
}


def roles_in(house: SmallHouse, room: str) -> set[str]:
    asks = {role: Ask(person, "") for role, person in house.people.items()}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        allowed = kind_of(room).allowed([*asks.values(), Ask(AnonymousUser(), "")])
    assert len(queries) == 1
    return {role for role, ask in asks.items() if ask in allowed}


@pytest.mark.parametrize("room", MAY)
def test_a_room_is_heard_by_its_roles(house: SmallHouse, room: str) -> None:
    assert roles_in(house, room) == {*MAY[room], "superuser"}


@pytest.mark.parametrize("room", MAY)
def test_a_closed_account_hears_nothing(house: SmallHouse, room: str) -> None:
    type(house.people["reader"]).objects.update(is_active=False)
    assert roles_in(house, room) == set()


@pytest.mark.parametrize("room", MAY)
def test_a_key_makes_no_other_room(house: SmallHouse, room: str) -> None:
    assert not kind_of(room).allowed([Ask(house.people["superuser"], "7")])


@pytest.mark.parametrize("room", MAY)
def test_a_second_factor_is_asked_for_where_the_door_asks(
    house: SmallHouse, room: str, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    without = house.people["superuser"]
    used = copy.copy(without)
    used.used_second_factor = True  # type: ignore[attr-defined]  # as esensi.sockets notes it
    asks = [Ask(without, ""), Ask(used, "")]
    assert list(kind_of(room).allowed(asks)) == [asks[1]]


def test_operations_begin_with_the_figures(house: SmallHouse) -> None:
    state = kind_of("operations").snapshot(house.people["operator"], "")
    assert {"sockets", "instances", "waiting"} <= state.keys()
