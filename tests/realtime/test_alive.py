"""A connection out of the pool is tried before it is used, and mostly without the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from realtime.backend import alive

pytestmark = pytest.mark.django_db
NOW = 1_800_000_000.0


@pytest.fixture
def link() -> Iterator[psycopg.Connection[Any]]:
    params = connection.get_connection_params()
    known = ("dbname", "user", "password", "host", "port")
    words = {key: params[key] for key in known if params.get(key)}
    with psycopg.connect(**words, autocommit=True) as made:
        yield made


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    from psycopg_pool import ConnectionPool

    asked: list[object] = []
    real = ConnectionPool.check_connection

    def check(one: Any) -> None:
        asked.append(one)
        real(one)

    monkeypatch.setattr(ConnectionPool, "check_connection", staticmethod(check))
    return asked


def test_a_connection_that_answered_is_trusted_for_a_while(
    link: psycopg.Connection[Any], tried: list[object]
) -> None:
    for moment in (0.0, 1.0, 4.9):
        alive.check(link, now=NOW + moment)
    assert len(tried) == 1
    alive.check(link, now=NOW + 5.0)
    assert len(tried) == 2
    alive.check(link, now=NOW - 60)  # the clock was put back
    assert len(tried) == 3


def test_one_that_the_server_has_ended_is_found_out_at_once(
    link: psycopg.Connection[Any], tried: list[object]
) -> None:
    alive.check(link, now=NOW)
    with connection.cursor() as cursor:
        # Waits until it has ended, for as many milliseconds at most.
        cursor.execute("SELECT pg_terminate_backend(%s, 20000)", [link.info.backend_pid])
        assert cursor.fetchone() == (True,)
    with pytest.raises(psycopg.OperationalError):
        alive.check(link, now=NOW + 0.1)
    assert len(tried) == 2


def test_one_that_is_closed_is_not_alive(link: psycopg.Connection[Any]) -> None:
    alive.check(link, now=NOW)
    link.close()
    with pytest.raises(psycopg.OperationalError):
        alive.check(link, now=NOW + 0.1)
