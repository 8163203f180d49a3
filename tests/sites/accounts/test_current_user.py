from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sites.accounts.current_user import owner_of
from sites.accounts.models import User
from tests.house import visitor
from tests.sites.chapter.library import make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    return make_reader("current@example.org")


def session_of(user: User, **changed: Any) -> Any:
    """A session that was stored and is read again."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    written = store()
    written.update(
        {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            **changed,
        }
    )
    written.create()
    return store(written.session_key)


def test_session_and_person_are_read_in_one_statement(reader: User) -> None:
    session = session_of(reader)
    with CaptureQueriesContext(connection) as queries:
        assert owner_of(session) == reader
    assert len(queries) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {SESSION_KEY: "0"},
        {BACKEND_SESSION_KEY: "some.other.Backend"},
        {HASH_SESSION_KEY: "0" * 64},
        {HASH_SESSION_KEY: ""},
    ],
)
def test_whatever_is_unusual_is_for_django_to_decide(reader: User, changed: dict[str, str]) -> None:
    assert owner_of(session_of(reader, **changed)) is None


def test_a_session_of_before_the_password_changed_is_nobodys(reader: User) -> None:
    client = visitor("main")
    client.force_login(reader)
    assert b"current@example.org" in client.get("/about/").content
    reader.set_password("another long password")
    reader.save()
    assert b"current@example.org" not in client.get("/about/").content


def test_who_is_suspended_or_erased_is_signed_in_no_more(reader: User) -> None:
    session = session_of(reader)
    User.objects.filter(pk=reader.pk).update(is_active=False)
    assert owner_of(session) is None
    User.objects.filter(pk=reader.pk).delete()
    assert owner_of(session_of(reader)) is None


def test_after_signing_out_nobody_is_there(reader: User) -> None:
    session = session_of(reader)
    assert owner_of(session) == reader
    session.flush()
    assert owner_of(session) is None


def test_strangers_ask_nothing() -> None:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    with CaptureQueriesContext(connection) as queries:
        assert owner_of(session) is None
    assert len(queries) == 0
