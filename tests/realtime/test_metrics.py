"""Numbers that many threads count, and what is read from them."""

from __future__ import annotations

import itertools
import threading

import pytest

from realtime import metrics


@pytest.fixture(autouse=True)
def _own_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "ALL", [])


def test_threads_lose_no_count() -> None:
    counter = metrics.Counter("counted", "Counted.", ("by",))

    def count(by: str) -> None:
        for _ in range(5000):
            counter.add(by=by)

    threads = [threading.Thread(target=count, args=(by,)) for by in "aabb"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.values() == {("a",): 10_000, ("b",): 10_000}
    assert counter.total == 20_000


@pytest.mark.parametrize("labels", [{}, {"other": "x"}, {"by": "x", "other": "y"}])
def test_labels_that_a_metric_does_not_have_fail_where_they_are_written(
    labels: dict[str, str],
) -> None:
    with pytest.raises(TypeError, match="counted is labelled by"):
        metrics.Counter("counted", "Counted.", ("by",)).add(**labels)


def test_a_quantile_is_never_too_low() -> None:
    histogram = metrics.Histogram("took", "Took.", (0.001, 0.01, 0.1))
    assert histogram.quantile(0.5) is None
    for seconds in itertools.chain([0.001] * 50, [0.0011] * 49, [5.0]):
        histogram.observe(seconds)
    assert histogram.cumulated() == [50, 99, 99, 100]
    assert histogram.quantile(0.5) == 0.001
    assert histogram.quantile(0.51) == 0.01
    assert histogram.quantile(1.0) == float("inf")
    assert histogram.sum == pytest.approx(50 * 0.001 + 49 * 0.0011 + 5)


def test_a_snapshot_names_everything_once() -> None:
    counter = metrics.Counter("joins", "Joins.", ("recovered",))
    counter.add(2, recovered="true")
    metrics.Gauge("open", "Open.").tell(lambda: 3)
    metrics.Told("heard", "Heard.").tell(lambda: 4)
    metrics.Histogram("took", "Took.", (1.0,)).observe(0.5)
    assert metrics.snapshot() == {
        "joins{true}": 2,
        "open": 3,
        "heard": 4,
        "took_count": 1,
        "took_sum": 0.5,
        "took_p50": 1.0,
        "took_p99": 1.0,
    }


def test_a_gauge_that_fails_takes_nothing_else_along(caplog: pytest.LogCaptureFixture) -> None:
    metrics.Gauge("broken", "Broken.").tell(lambda: 1 // 0)
    metrics.Counter("whole", "Whole.").add()
    assert metrics.snapshot() == {"broken": 0, "whole": 1}
    assert "broken cannot be read" in caplog.text


def test_a_histogram_keeps_labels_apart_and_tells_of_all_together() -> None:
    histogram = metrics.Histogram("took", "Took.", (1.0, 2.0), ("host",))
    assert histogram.cumulated() == [0, 0, 0]
    histogram.observe(0.5, host="main")
    histogram.observe(1.5, host="main")
    histogram.observe(3.0, host="chapter")
    assert histogram.series() == {("main",): ([1, 2, 2], 2.0), ("chapter",): ([0, 0, 1], 3.0)}
    assert histogram.cumulated() == [1, 2, 3]
    assert histogram.sum == 5.0
    with pytest.raises(TypeError, match="took is labelled by"):
        histogram.observe(1.0)


def test_a_snapshot_may_be_of_some() -> None:
    metrics.Counter("realtime_joins", "Joins.").add()
    metrics.Counter("http_requests", "Requests.").add()
    assert metrics.snapshot("realtime_") == {"realtime_joins": 1}
