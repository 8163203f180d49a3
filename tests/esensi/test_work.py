"""The background in a process of its own: ``manage.py work``, as ``WORKER=separate`` has it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.sites.test_doors import database_url
from tests.waiting import free_port, until

ROOT = Path(__file__).resolve().parents[2]
ENDS_WITHIN = 30


def _metrics(port: int) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


@pytest.mark.django_db(transaction=True)
def test_a_worker_of_its_own_works_tells_prometheus_and_ends() -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "work"],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database_url(), "METRICS_PORT": str(port)},
    )
    try:
        until(lambda: "\njobs_waiting 0.0" in _metrics(port))
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDS_WITHIN) == 0
    finally:
        process.kill()
        process.wait()
