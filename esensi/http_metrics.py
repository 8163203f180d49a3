"""What this process counts of the requests that it answers."""

from __future__ import annotations

from typing import Final

from esensi.record import Record
from realtime.metrics import Counter, Gauge, Histogram

#: Seconds. A page takes some 30 ms, one from the cache less than one; beyond a second people wait.
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

# The label is not "host", which Fly's Prometheus writes over with its own.
REQUESTS: Final = Counter(
    "http_requests",
    "Requests that were answered, handshakes of sockets (status 101) among them; 499 for readers who "
    "left before. Health checks are left out.",
    ("site", "method", "status"),
)
SECONDS: Final = Histogram(
    "http_request_seconds",
    "From a request's arrival to the last byte of its answer; without event streams and sockets, which "
    "last as long as their readers.",
    BUCKETS,
    ("site",),
)
WAITED: Final = Histogram(
    "http_waited_seconds",
    "How long requests to Django waited for their body and for a turn at the gate.",
    BUCKETS,
)
DATABASE: Final = Histogram(
    "http_database_seconds", "What Django's statements took, by request.", BUCKETS
)
RENDER: Final = Histogram(
    "http_render_seconds",
    "What drawing its templates took, by request, with the statements that they wait for.",
    BUCKETS,
)
SENT: Final = Counter(
    "http_sent_bytes", "Bytes of the answers' bodies, as compressed as they were sent."
)
UNDER_WAY: Final = Gauge("http_requests_under_way", "Requests that are being answered.")
WAITING: Final = Gauge("http_requests_waiting", "Requests that wait for a turn at the gate.")

_under_way = 0  # changed by the event loop alone


def begin() -> None:
    """A request has come."""
    global _under_way
    _under_way += 1


def end() -> None:
    """It is answered, or its reader has left."""
    global _under_way
    _under_way -= 1


def count(record: Record, seconds: float | None) -> None:
    """Count an answered request; ``seconds`` is None where they say nothing."""
    REQUESTS.add(site=record.host or "none", method=record.method, status=str(record.status))
    SENT.add(record.sent)
    if seconds is not None:
        SECONDS.observe(seconds, site=record.host or "none")
    if record.waited:
        WAITED.observe(record.waited)
    if record.queries:
        DATABASE.observe(record.database)
    if record.render:
        RENDER.observe(record.render)


UNDER_WAY.tell(lambda: _under_way)
