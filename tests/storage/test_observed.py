"""Whoever counts what buckets are asked hears of every question, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from storage import observed
from storage.errors import StorageRefused, StorageUnavailable

heard: list[tuple[str, str]] = []


def observer(operation: str, seconds: float, outcome: str) -> None:
    assert 0 <= seconds < 60
    heard.append((operation, outcome))


@pytest.fixture(autouse=True)
def _observed(settings: Any) -> Iterator[None]:
    settings.STORAGE_OBSERVER = f"{__name__}.observer"
    observed._observer.cache_clear()
    heard.clear()
    yield
    observed._observer.cache_clear()


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (FileNotFoundError("head x"), "missing"),
        (StorageRefused("get x"), "refused"),
        (StorageUnavailable("get x"), "unavailable"),
    ],
)
def test_the_outcome_is_the_errors(error: Exception, outcome: str) -> None:
    with pytest.raises(type(error)), observed.watched("get"):
        raise error
    with observed.watched("put"):
        pass
    assert heard == [("get", outcome), ("put", "ok")]


def test_nobody_needs_to_listen(settings: Any) -> None:
    del settings.STORAGE_OBSERVER
    observed._observer.cache_clear()
    with observed.watched("put"):
        pass
    assert heard == []
