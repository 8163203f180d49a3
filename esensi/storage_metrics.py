"""What this process counts of its questions to buckets."""

from __future__ import annotations

from typing import Final

from realtime.metrics import Counter, Histogram

#: Seconds. A head takes 10 to 50 ms within a region; none outlives 20 s (``storage.limits.DEADLINE``).
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)

SECONDS: Final = Histogram(
    "storage_operation_seconds",
    "What questions to a bucket took, with the time in which their reader took the bytes.",
    BUCKETS,
    ("operation",),
)
OPERATIONS: Final = Counter(
    "storage_operations",
    "Questions to a bucket, by what came of them: `ok`, `missing`, `refused`, `unavailable`.",
    ("operation", "outcome"),
)


def count(operation: str, seconds: float, outcome: str) -> None:
    """Count one question: ``STORAGE_OBSERVER`` of ``storage.observed``."""
    SECONDS.observe(seconds, operation=operation)
    OPERATIONS.add(operation=operation, outcome=outcome)
