"""Metrics for Prometheus, on a port of their own: what visitors reach never shows them."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Final

from django.conf import settings

from realtime import metrics

logger = logging.getLogger(__name__)


#: Where metrics are made. A package that counts something of its own adds its module here, and its rows to
#: docs/metrics.md.
MODULES: Final = (
    "realtime.metrics",
    "esensi.http_metrics",
    "esensi.page_cache.store",
    "esensi.database_metrics",
    "esensi.storage_metrics",
    "sites.background.metrics",
)


def load() -> list[metrics.Metric]:
    """Give all metrics, those too of modules that nothing has imported yet."""
    for name in MODULES:
        import_module(name)
    return metrics.ALL


class HouseCollector:
    """Gives ``realtime.metrics.ALL`` as they are at the moment of the question."""

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
                family = HistogramMetricFamily(metric.name, metric.sentence, labels=metric.labels)
                for labels, (counts, seconds) in metric.series().items():
                    family.add_metric(labels, list(zip(bounds, counts, strict=True)), seconds)
            yield family


def own_address() -> str:
    """A laptop's metrics are for the laptop; Fly reads its machines' over IPv6."""
    if settings.ESENSI_ENV == "local":
        return "127.0.0.1"
    return "::" if socket.has_dualstack_ipv6() else "0.0.0.0"  # noqa: S104


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
    load()
    registry.register(HouseCollector())
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
