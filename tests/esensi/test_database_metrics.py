"""Statements are timed wherever they come from, and nobody's own wrapper is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.backends.postgresql.base import DatabaseWrapper

from esensi import database_metrics
from esensi.database_metrics import timed
from esensi.record import Record, current

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _timed() -> Iterator[None]:
    """This connection's statements are timed, as the server's are."""
    was = list(connection.execute_wrappers)
    database_metrics.time_statements(connection)
    yield
    connection.execute_wrappers[:] = was


def ask(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_each_statement_is_timed_for_all_and_for_its_request() -> None:
    record = Record("id", "GET", "main", 0.0)
    token = current.set(record)
    before = database_metrics.SECONDS.cumulated()[-1]
    try:
        ask("SELECT pg_sleep(0.02)")
        ask("SELECT 1")
    finally:
        current.reset(token)
    ask("SELECT 2")
    assert database_metrics.SECONDS.cumulated()[-1] == before + 3
    assert record.queries == 2
    assert record.database >= 0.02


def test_failures_are_counted_by_their_class() -> None:
    before = database_metrics.ERRORS.values().get(("DataError",), 0)
    with pytest.raises(DatabaseError), transaction.atomic():
        ask("SELECT 1 / 0")
    assert database_metrics.ERRORS.values()[("DataError",)] == before + 1


def test_a_connection_that_is_made_within_somebodys_wrapper_keeps_both_apart() -> None:
    made = DatabaseWrapper(connection.settings_dict | {"CONN_MAX_AGE": 0}, "another")

    def theirs(execute: Any, *given: Any) -> Any:
        return execute(*given)

    with made.execute_wrapper(theirs):
        database_metrics.time_statements(made)
        database_metrics.time_statements(made)
        assert made.execute_wrappers == [timed, theirs]
    assert made.execute_wrappers == [timed]


def test_counts_of_the_pool_can_be_read_where_there_is_none_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DatabaseWrapper, "_connection_pools", {})
    assert database_metrics.POOL_SIZE.value == 0
    assert database_metrics.POOL_LOST.total == 0
