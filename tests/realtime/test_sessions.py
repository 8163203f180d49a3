"""Whose sessions are these? The same answer as Django's, for many with one query."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from realtime import sessions
from sites.accounts.actions import create_user
from sites.accounts.models import Session, User
from sites.accounts.sessions import SessionStore
from tests.realtime.page import session_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def users() -> list[User]:
    return [create_user(f"session{number}@example.org", password=None) for number in range(3)]


def test_many_sessions_are_one_query(users: list[User], django_assert_num_queries: Any) -> None:
    keys = [session_of(user) for user in users for _ in range(2)]
    with django_assert_num_queries(1):
        found = sessions.users_of([*keys, "", "never", keys[0]])
    assert [one.pk for one in found] == [user.pk for user in users for _ in range(2)] + [
        None,
        None,
        users[0].pk,
    ]
    with django_assert_num_queries(0):
        assert [one.pk for one in sessions.users_of(["", ""])] == [None, None]


def test_what_django_would_not_let_in_is_nobody(users: list[User]) -> None:
    keys = {what: session_of(users[0]) for what in ("ended", "deleted", "backend", "stranger")}
    Session.objects.filter(pk=keys["ended"]).update(expire_date=timezone.now() - timedelta(1))
    Session.objects.filter(pk=keys["deleted"]).delete()
    store = SessionStore(keys["backend"])
    store["_auth_user_backend"] = "elsewhere.Backend"
    store.save()
    stranger = SessionStore()
    stranger["message"] = "Welcome."
    stranger.create()
    keys["stranger"] = str(stranger.session_key)
    assert [one.pk for one in sessions.users_of(list(keys.values()))] == [None] * 4


def test_a_new_password_and_a_closed_account_end_every_session(users: list[User]) -> None:
    keys = [session_of(user) for user in users]
    users[0].set_password("another-long-one")
    users[0].save()
    User.objects.filter(pk=users[1].pk).update(is_active=False)
    assert [one.pk for one in sessions.users_of(keys)] == [None, None, users[2].pk]


def test_former_secret_keys_still_open(users: list[User], settings: Any) -> None:
    key = session_of(users[0])
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-of-fifty-characters-0123456789-abc"
    assert sessions.users_of([key])[0].pk == users[0].pk


def test_what_is_noted_of_a_session_is_no_other_sessions(users: list[User]) -> None:
    keys = [session_of(users[0], factor=True), session_of(users[0])]

    def recognise(user: Any, data: Any) -> Any:
        user.factor = data.get("factor", False)
        return user

    found = sessions.users_of(keys, recognise)
    assert [one.factor for one in found] == [True, False]


@pytest.mark.parametrize(
    ("cookies", "key"),
    [
        ("{name}=abc123", "abc123"),
        ("a=b; {name}=abc123; c=d", "abc123"),
        ("{name}=first; {name}=second", "second"),
        ('{name}="abc123"', "abc123"),
        ("x{name}=abc123", ""),
        ("{name}", ""),
        ("{name}=", ""),
        ("{name}=a;b", "a"),
        ("{name}=" + "a" * 41, ""),
        ("{name}=a'b", ""),
        ("{name}=é", ""),
        ("", ""),
    ],
)
def test_the_cookie_is_read_strictly(cookies: str, key: str) -> None:
    name = settings.SESSION_COOKIE_NAME
    assert sessions.session_key(cookies.replace("{name}", name)) == key
