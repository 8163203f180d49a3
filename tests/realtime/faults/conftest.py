"""Each test of a fault begins with empty tables, and asserts what is left in them."""

from __future__ import annotations

import pytest

from tests.realtime.faults.scene import asking


@pytest.fixture(autouse=True)
def empty_tables(layer_database: str) -> None:
    with asking(layer_database) as connection:
        connection.execute("DELETE FROM realtime_longmessage")
        connection.execute("DELETE FROM realtime_workermessage")
