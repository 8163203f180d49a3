"""Each test of a fault begins with empty tables, and asserts what is left in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.realtime.faults.scene import advisory_locks, asking, backends, lasting_rows
from tests.realtime.stage import until


@pytest.fixture(autouse=True)
def empty_tables(layer_database: str) -> None:
    with asking(layer_database) as connection:
        connection.execute("DELETE FROM realtime_longmessage")
        connection.execute("DELETE FROM realtime_workermessage")


@pytest.fixture
def leaves_nothing(layer_database: str) -> Iterator[None]:
    """When all processes of a test have ended, however they did: no connection of theirs, no lock,
    no row that will not have expired in a minute."""
    yield
    until(lambda: not backends(layer_database, "realtime "))
    assert advisory_locks(layer_database) == 0
    assert lasting_rows(layer_database) == 0
