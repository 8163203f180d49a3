"""Consumers come and go, 20,000 of them (fewer in `make test`). With channels-postgres 1.1.4 memory
grew by 118 MB, and 20,001 advisory locks brought the server near its limit for all its clients."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.realtime.conftest import ours
from tests.realtime.faults.scene import advisory_locks, backends, listener_of, rows_left
from tests.realtime.stage import Actor

#: Bytes.
MOST_GROWTH = 5_000_000


@pytest.mark.parametrize("count", [3000, pytest.param(20_000, marks=pytest.mark.soak)])
def test_nothing_is_left_of_consumers_that_went(
    count: int, layer_database: str, start: Callable[..., Actor]
) -> None:
    actor = start(ours(layer_database))
    channel = actor("new_channel")
    actor("cycle", count=500, patience=60)
    before = actor("memory")
    actor("cycle", count=count, patience=300)
    grown = actor("memory") - before
    assert grown <= MOST_GROWTH, f"{grown} bytes more after {count} cycles"
    assert rows_left(layer_database) == 0
    assert advisory_locks(layer_database) == 0
    assert listener_of(layer_database, channel) is not None
    assert len(backends(layer_database, "realtime ")) <= 2
