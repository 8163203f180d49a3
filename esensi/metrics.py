"""Metrics for Prometheus, on a port of their own: what visitors reach never shows them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from realtime import metrics

logger = logging.getLogger(__name__)


class RealtimeCollector:
    """Gives ``realtime.metrics`` as they are at the moment of the question."""

    def collect(self) -> Iterator[Any]:
        """Give each as prometheus-client wants it; counters get ``_total`` behind their name."""
        from prometheus_client.core import (  # 50 ms: only where somebody asks for metrics
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        family: Any
        for metric in metrics.ALL:
            if isinstance(metric, metrics.Counter):
                family = CounterMetricFamily(metric.name, metric.sentence, labels=metric.labels)
                for labels, value in metric.values().items():
                    family.add_metric(labels, value)
            elif isinstance(metric, metrics.Told):
                family = CounterMetricFamily(metric.name, metric.sentence, value=metric.total)
            elif isinstance(metric, metrics.Gauge):
                family = GaugeMetricFamily(metric.name, metric.sentence, value=metric.value)
            elif isinstance(metric, metrics.Histogram):
                bounds = [*(str(bound) for bound in metric.buckets), "+Inf"]
                counts = list(zip(bounds, metric.cumulated(), strict=True))
                family = HistogramMetricFamily(metric.name, metric.sentence)
                family.add_metric([], counts, metric.sum)
            yield family


def serve(port: int, *, address: str) -> Callable[[], None]:
    """Answer ``GET /metrics`` on ``address`` and ``port`` from a thread, and give what ends it.

    A port that is taken is logged, and costs nothing else: a house without metrics is better than
    none.
    """
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.gc_collector import GCCollector
    from prometheus_client.platform_collector import PlatformCollector
    from prometheus_client.process_collector import ProcessCollector

    registry = CollectorRegistry()
    registry.register(RealtimeCollector())
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    try:
        server, thread = start_http_server(port, address, registry)
    except OSError as error:
        logger.warning("Metrics cannot be served on port %d: %s", port, error.strerror)
        return lambda: None

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end
