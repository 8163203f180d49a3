"""What do files cost: an upload's beginning and end, a page with pictures, derivatives?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.harness import REPEATS, Figure, Row, at_most
from benchmarks.servers import ROOT, environment, manage
from esensi import postgres
from tests.storage.endpoint import running_endpoint

#: Of the process that makes derivatives: a machine of 512 MB has room for it beside the house.
LIMIT_MB = 256


def rows(repeats: int = REPEATS) -> list[Row]:
    """Each turn is a process of the house with new buckets, on an endpoint that checks signatures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "esensi.settings")  # boto's settings
    found: list[dict[str, float]] = []
    with (
        tempfile.TemporaryDirectory() as name,
        postgres.throwaway() as database,
        running_endpoint(Path(name)) as endpoint,
    ):
        manage(database, "migrate", "--verbosity", "0")
        manage(database, "sync_sites")
        for _ in range(repeats):
            buckets = endpoint.new_buckets()
            found.append(_probe(database, endpoint.url, buckets.private.name, buckets.public.name))

    def figure(name: str, unit: str) -> Figure:
        return Figure.of([each[name] for each in found], unit)

    requests, memory = figure("page_requests", "requests"), figure("derive_mb", "MB")
    page = Figure.of([each["page_ms"] / each["plain_page_ms"] for each in found], "×")
    return [
        Row("an upload's begin and finish, without its sending", figure("uploads_a_second", "/s")),
        Row(
            "storage requests of a page with 40 pictures, twenty times",
            requests,
            None,
            "0",
            at_most(requests, 0),
        ),
        Row("time of that page, in times of one without pictures", page),
        Row("derivatives of pictures of 1600 × 2400", figure("derived_a_second", "pictures/s")),
        Row(
            "peak memory of the process that makes them",
            memory,
            None,
            f"≤ {LIMIT_MB} MB",
            at_most(memory, LIMIT_MB),
        ),
    ]


def _probe(database: str, *arguments: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.files_probe", *arguments],
        cwd=ROOT,
        env=environment(database, 8000),
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode != 0:
        raise RuntimeError(f"The probe ended with {done.returncode}:\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found
