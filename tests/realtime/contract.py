"""What the tests of the contract share: the layers, marks of peers that fail, a message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.realtime.stage import Actor

LAYERS = ("ours", "memory", "channels-postgres", "redis-core", "redis-pubsub")
ACROSS = tuple(name for name in LAYERS if name != "memory")
Start = Callable[..., Actor]

#: Seconds in which nothing must come.
SILENCE = 0.4


def fails(cause: str, name: str, *, always: bool = True) -> Any:
    """Mark a peer that fails, with the cause; ``always`` is false for what depends on chance."""
    return pytest.mark.fails(name=name, cause=cause, always=always)


every_layer = pytest.mark.parametrize("spec", LAYERS, indirect=True)
across_processes = pytest.mark.parametrize("spec", ACROSS, indirect=True)


def a_message(n: int = 1, **more: Any) -> dict[str, Any]:
    return {"type": "contract.message", "n": n, **more}
