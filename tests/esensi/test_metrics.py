"""The port of metrics, and the page that explains them."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from esensi import http_metrics
from esensi import metrics as exporter
from realtime import metrics
from tests.waiting import free_port

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_and_the_code_say_the_same() -> None:
    page = (ROOT / "docs" / "metrics.md").read_text()
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| `")]
    told = {tuple(cell for cell in row) for row in rows}
    counted = {
        (
            f"`{metric.name}{'_total' if metric.kind == 'counter' else ''}`",
            metric.kind,
            ", ".join(f"`{label}`" for label in metric.labels) or "none",
            metric.sentence,
        )
        for metric in exporter.load()
    }
    assert told == counted


def test_prometheus_reads_every_metric_of_the_page() -> None:
    port = free_port()
    metrics.RECOVERIES.add(recovered="true")
    http_metrics.SECONDS.observe(0.03, site="main")
    http_metrics.SECONDS.observe(0.003, site="chapter")
    end = exporter.serve(port, address="127.0.0.1")
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
    finally:
        end()
    typed = set(re.findall(r"^# TYPE (\S+) (?:counter|gauge|histogram)$", text, re.M))
    page = (ROOT / "docs" / "metrics.md").read_text()
    assert set(re.findall(r"^\| `(\w+)`", page, re.M)) <= typed
    assert re.search(r'^realtime_recoveries_total\{recovered="true"\} [1-9]', text, re.M)
    assert re.search(r'^http_request_seconds_bucket\{le="0.05",site="main"\} [1-9]', text, re.M)
    assert re.search(r'^http_request_seconds_count\{site="chapter"\} [1-9]', text, re.M)
    assert "process_resident_memory_bytes" in text
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "The port is still open."


def test_a_taken_port_is_told_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        exporter.serve(port, address="127.0.0.1")()
    assert f"port {port}" in caplog.text


def test_the_exporter_is_not_loaded_before_it_serves() -> None:
    code = "import sys, esensi.metrics; sys.exit('prometheus_client' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
