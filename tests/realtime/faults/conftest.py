"""Each test of a fault begins with empty tables, and asserts what is left behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.realtime.faults.ending import Survivors, assert_nothing_is_left
from tests.realtime.faults.scene import asking
from tests.realtime.stage import Actor, stage


@pytest.fixture(autouse=True)
def leaves_nothing(layer_database: str) -> Iterator[None]:
    """Set up first, so that it looks when all processes of a test have ended."""
    with asking(layer_database) as connection:
        connection.execute("DELETE FROM realtime_longmessage")
        connection.execute("DELETE FROM realtime_workermessage")
    yield
    assert_nothing_is_left(layer_database)


@pytest.fixture
def start(leaves_nothing: None) -> Iterator[Callable[..., Actor]]:
    """Start actors as elsewhere; those that live at the end are looked into."""
    survivors = Survivors()
    with stage() as start_actor:
        yield survivors.watching(start_actor)
        survivors.assert_they_keep_nothing()
