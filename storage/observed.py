"""What buckets are asked, told to whoever wants to count it.

``STORAGE_OBSERVER`` in Django's settings names a function: it gets the operation (get, put, head, list,
delete), its seconds, and what came of it, in the thread that asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Literal, cast

from django.conf import settings
from django.utils.module_loading import import_string

from storage.errors import StorageRefused, StorageUnavailable

Outcome = Literal["ok", "missing", "refused", "unavailable"]
Observer = Callable[[str, float, Outcome], None]


@cache
def _observer() -> Observer | None:
    name = getattr(settings, "STORAGE_OBSERVER", "")
    return cast(Observer, import_string(name)) if name else None


@contextmanager
def watched(operation: str) -> Iterator[None]:
    """Tell the observer how the block ended. It raises this package's errors, not boto3's."""
    began = time.perf_counter()
    outcome: Outcome = "ok"
    try:
        yield
    except FileNotFoundError:
        outcome = "missing"
        raise
    except StorageRefused:
        outcome = "refused"
        raise
    except StorageUnavailable:
        outcome = "unavailable"
        raise
    finally:
        if observer := _observer():
            observer(operation, time.perf_counter() - began, outcome)
