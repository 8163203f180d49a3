"""Who is signed in is asked with a statement that stays prepared, whatever becomes of its tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from realtime.configuration import default_conninfo
from sites.accounts.models import User
from sites.accounts.sessions import SessionStore
from sites.frames.asking import Asked, ask
from sites.frames.pages import PLAIN
from tests.house import visitor
from tests.sites.chapter.library import make_reader

pytestmark = pytest.mark.django_db(transaction=True)


def from_elsewhere(statement: str) -> None:
    """What a release's migrations do while this instance still serves."""
    with psycopg.connect(default_conninfo(), autocommit=True) as other:
        other.execute(statement.encode())


@pytest.fixture
def key() -> str:
    browser = visitor("main")
    browser.force_login(make_reader("ayu@example.org"))
    return str(browser.session.session_key)


@pytest.fixture
def wider_face() -> Iterator[Any]:
    """How to alter the type of a column of the reader's; afterwards it is as it was."""
    table, length = User._meta.db_table, User._meta.get_field("face").max_length
    alter = f"ALTER TABLE {table} ALTER COLUMN face TYPE varchar({{length}})"
    yield lambda: from_elsewhere(alter.format(length=(length or 0) + 1))
    connection.close()
    from_elsewhere(alter.format(length=length))


def asked_by(key: str) -> Asked | None:
    return ask(SessionStore(key), PLAIN.columns, {}, timezone.now())


def test_a_column_that_changes_its_type_meanwhile_stops_nobody(key: str, wider_face: Any) -> None:
    for _ in range(3):
        assert asked_by(key)
    wider_face()
    pids = set()
    for _ in range(3):
        found = asked_by(key)
        assert found is not None
        assert found.user.email == "ayu@example.org"
        pids.add(connection.connection.info.backend_pid)
    assert len(pids) == 1  # the first finds out, and the next ones ask a connection that is well
