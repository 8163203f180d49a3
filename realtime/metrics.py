"""What this process counts: what a metric is, and those of realtime. Plain numbers, which import nothing:
other packages make theirs of the same classes, and whoever wants to see them (an exporter, ``manage.py
realtime_status``) reads all of them from here.
"""

from __future__ import annotations

import logging
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any, Final

logger = logging.getLogger(__name__)

#: The values of a metric's labels, in the order of its ``labels``.
Labels = tuple[str, ...]
#: Seconds. The promise is 1 ms at the median and 3 at the 99th percentile; from 1 s on an event came
#: by the look at the stream's head, not by its wake-up.
LATENCY_BUCKETS: Final = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0)


class Metric:
    """A named number, ``sentence`` on what it means, and the names of its ``labels``."""

    kind = ""

    def __init__(self, name: str, sentence: str, labels: tuple[str, ...] = ()) -> None:
        self.name, self.sentence, self.labels = name, sentence, labels
        self._lock = threading.Lock()
        ALL.append(self)

    def _key(self, given: dict[str, str]) -> Labels:
        if given.keys() != set(self.labels):
            raise TypeError(f"{self.name} is labelled by {self.labels}, not by {tuple(given)}.")
        return tuple(given[label] for label in self.labels)


class Counter(Metric):
    """Counts up from the start of the process; from any thread."""

    kind = "counter"

    def __init__(self, name: str, sentence: str, labels: tuple[str, ...] = ()) -> None:
        super().__init__(name, sentence, labels)
        self._values: dict[Labels, int] = {} if labels else {(): 0}

    def add(self, number: int = 1, **labels: str) -> None:
        """Count ``number`` more. Raises ``TypeError`` for labels that the metric does not have."""
        key = self._key(labels)
        with self._lock:
            self._values[key] = self._values.get(key, 0) + number

    def values(self) -> dict[Labels, int]:
        with self._lock:
            return dict(self._values)

    @property
    def total(self) -> int:
        return sum(self.values().values())


class Gauge(Metric):
    """What somebody who knows it says when asked; 0 until somebody ``tells``."""

    kind = "gauge"

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(name, sentence)
        self._read: Callable[[], float] = _zero

    def tell(self, read: Callable[[], float]) -> None:
        """Have ``read`` called for the value from now on, from any thread."""
        self._read = read

    @property
    def value(self) -> float:
        try:
            return self._read()
        except Exception:
            logger.exception("%s cannot be read.", self.name)
            return 0


class Told(Metric):
    """A counter that somebody else keeps, in a place that knows nothing of metrics."""

    kind = "counter"

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(name, sentence)
        self._read: Callable[[], int] = _zero

    def tell(self, read: Callable[[], int]) -> None:
        """Have ``read`` called for the number so far from now on, from any thread."""
        self._read = read

    @property
    def total(self) -> int:
        return self._read()


class Histogram(Metric):
    """How often a number of seconds was at most each of ``buckets``; from any thread."""

    kind = "histogram"

    def __init__(
        self, name: str, sentence: str, buckets: tuple[float, ...], labels: tuple[str, ...] = ()
    ) -> None:
        super().__init__(name, sentence, labels)
        self.buckets = buckets
        self._counts: dict[Labels, list[int]] = {}
        self._sums: dict[Labels, float] = {}
        if not labels:
            self._begin(())

    def observe(self, seconds: float, **labels: str) -> None:
        """Count one observation. Raises ``TypeError`` for labels that the metric does not have."""
        key = self._key(labels)
        place = bisect_left(self.buckets, seconds)
        with self._lock:
            if key not in self._counts:
                self._begin(key)
            self._counts[key][place] += 1
            self._sums[key] += seconds

    def series(self) -> dict[Labels, tuple[list[int], float]]:
        """Give, by labels, what ``cumulated`` gives, and the sum of all seconds."""
        with self._lock:
            counts = {key: list(each) for key, each in self._counts.items()}
            sums = dict(self._sums)
        return {key: (list(accumulate(each)), sums[key]) for key, each in counts.items()}

    def cumulated(self) -> list[int]:
        """Give, for each bucket and for infinity, how many observations were at most that, whatever
        their labels."""
        each = [counts for counts, _sum in self.series().values()]
        return [sum(column) for column in zip(*each, strict=True)] or [0] * (len(self.buckets) + 1)

    @property
    def sum(self) -> float:
        return sum(seconds for _counts, seconds in self.series().values())

    def quantile(self, share: float) -> float | None:
        """Give the bound of the bucket in which this share of the observations ends: never too low;
        None without observations, infinity beyond the last bound."""
        *found, total = self.cumulated()
        if not total:
            return None
        for bound, count in zip(self.buckets, found, strict=True):
            if count >= share * total:
                return bound
        return float("inf")

    def _begin(self, key: Labels) -> None:
        self._counts[key] = [0] * (len(self.buckets) + 1)
        self._sums[key] = 0.0


def _zero() -> int:
    return 0


ALL: Final[list[Metric]] = []

SOCKETS: Final = Gauge("realtime_sockets", "WebSockets and event streams that are open here.")
ROOMS: Final = Gauge("realtime_rooms", "Rooms in which somebody here is.")
DRAINING: Final = Gauge("realtime_draining", "1 while this instance sends its sockets elsewhere.")
PUBLISHES: Final = Counter("realtime_publishes", "Events written to streams by this process.")
TRANSIENTS: Final = Counter("realtime_transients", "Messages sent that leave no row.")
DELIVERIES: Final = Counter("realtime_deliveries", "Messages handed to sockets and event streams.")
DROPS: Final = Counter(
    "realtime_drops",
    "Readers that were told to come back because they are too slow: by a `socket`, a `stream`.",
    ("where",),
)
WAKE_UP: Final = Histogram(
    "realtime_wake_up_seconds",
    "From the commit of an event to its arrival here, by the clocks of both machines.",
    LATENCY_BUCKETS,
)
LISTENER_RECONNECTS: Final = Told(
    "realtime_listener_reconnects", "How often the LISTEN connection was lost and made again."
)
LAYER_DROPS: Final = Told(
    "realtime_layer_drops", "Messages of the channel layer that found a full mailbox."
)
LAYER_STATEMENTS: Final = Told(
    "realtime_layer_statements", "Statements of the channel layer, each with many messages."
)
GAPS: Final = Counter(
    "realtime_gaps", "Gaps in streams that were noticed here and filled from the table."
)
RECOVERIES: Final = Counter(
    "realtime_recoveries",
    "Joins that said where they had been: `true` got what they had missed, `false` a snapshot.",
    ("recovered",),
)
REFUSED: Final = Counter(
    "realtime_refused", "Handshakes and joins that were refused, by reason.", ("why",)
)
REPLAYS: Final = Counter(
    "realtime_replays",
    "Requests that were sent to another instance by `fly-replay`, by reason.",
    ("why",),
)
SWEPT: Final = Counter("realtime_swept", "Dead instances whose rows were swept by this one.")
REGISTERED_ANEW: Final = Counter(
    "realtime_registered_anew",
    "How often this instance found that it had been swept, or its rows lost, and registered anew.",
)


def tell_of(hub: Any, layer: Any) -> None:
    """Have sockets and rooms counted at a hub, and what a channel layer counts, if it does."""
    SOCKETS.tell(lambda: len(hub.connections()))
    ROOMS.tell(lambda: len(hub.rooms))
    counts: Callable[[], dict[str, int]] | None = getattr(layer, "counts", None)
    if counts is not None:
        LISTENER_RECONNECTS.tell(lambda: counts()["reconnects"])
        LAYER_DROPS.tell(lambda: counts()["dropped"])
        LAYER_STATEMENTS.tell(lambda: counts()["statements"])


def snapshot(beginning: str = "") -> dict[str, float]:
    """Give every number by its name, labels as ``name{value}``; a histogram as its count, its sum and
    its 50th and 99th percentile. Those alone whose names have this ``beginning``."""
    wanted = [metric for metric in ALL if metric.name.startswith(beginning)]
    return {name: value for metric in wanted for name, value in _numbers(metric)}


def _numbers(metric: Metric) -> Iterator[tuple[str, float]]:
    if isinstance(metric, Counter):
        for labels, value in sorted(metric.values().items()):
            yield (f"{metric.name}{{{','.join(labels)}}}" if labels else metric.name), value
    elif isinstance(metric, Gauge):
        yield metric.name, metric.value
    elif isinstance(metric, Told):
        yield metric.name, metric.total
    elif isinstance(metric, Histogram):
        yield f"{metric.name}_count", metric.cumulated()[-1]
        yield f"{metric.name}_sum", round(metric.sum, 6)
        for share in (0.5, 0.99):
            if (bound := metric.quantile(share)) is not None and bound != float("inf"):
                yield f"{metric.name}_p{share * 100:.0f}", bound
