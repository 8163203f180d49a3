"""Who may enter which room."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import DjangoAssertNumQueries

from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.hosts import HOSTS
from sites.rooms import ROOMS, may_enter, rooms_of

EVERYONE = {"main", "chapter"}
TABLE = {
    (): EVERYONE | {"auth"},
    ("author",): EVERYONE | {"auth", "publish"},
    ("editor",): EVERYONE | {"auth", "publish", "internal"},
    ("support",): EVERYONE | {"auth", "internal"},
    ("moderator",): EVERYONE | {"auth", "internal"},
    ("manager",): EVERYONE | {"auth", "internal"},
    ("operator",): EVERYONE | {"auth", "internal"},
    ("author", "manager"): set(HOSTS),
}


def test_every_host_is_a_room() -> None:
    assert [room.key for room in ROOMS] == list(HOSTS)


@pytest.mark.django_db
@pytest.mark.parametrize("roles", TABLE)
def test_each_role_has_its_rooms(roles: tuple[str, ...]) -> None:
    user = create_user("a@example.com", password=None, roles=roles)
    assert {room.key for room in rooms_of(user)} == TABLE[roles]


@pytest.mark.django_db
def test_a_superuser_enters_everywhere_until_the_account_is_closed() -> None:
    user = create_user("a@example.com", password=None, superuser=True)
    assert {room.key for room in rooms_of(user)} == set(HOSTS)
    user.is_active = False
    assert {room.key for room in rooms_of(user)} == EVERYONE


def test_strangers_enter_the_public_rooms() -> None:
    assert {room.key for room in rooms_of(AnonymousUser())} == EVERYONE
    assert not may_enter(AnonymousUser(), "publish")


@pytest.mark.django_db
def test_a_menu_costs_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    pk = create_user("a@example.com", password=None, roles=["author"]).pk
    user = User.objects.get(pk=pk)
    with django_assert_num_queries(1):
        rooms_of(user)
