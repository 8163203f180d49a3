""".ci/run says at its end what it did not test."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.journeys.server import ROOT

SUMMARY = r"""
test "$1" = test || exit 0
echo 'SKIPPED [5] tests/a.py:30: the real books do not lie in ../shared/books'
echo 'SKIPPED [1] tests/b.py:9: no Chromium on this machine'
echo 'SKIPPED [2] tests/c.py:61: the real books do not lie in ../shared/books'
echo '3 passed, 8 skipped in 1.00s'
"""


def ci(folder: Path, make: str) -> subprocess.CompletedProcess[str]:
    """Run .ci/run with a ``make`` that is this script, and nothing to install from."""
    for name, script in {"make": make, "chromium": "exit 1", "apt-get": "exit 100"}.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return subprocess.run(
        ["bash", ".ci/run"],
        cwd=ROOT,
        env=os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_what_was_skipped_is_told_at_the_end_by_its_reason(tmp_path: Path) -> None:
    ended = ci(tmp_path, SUMMARY)
    assert ended.returncode == 0
    lines = ended.stdout.splitlines()
    assert lines[lines.index("Not tested in this run:") :] == [
        "Not tested in this run:",
        "  7: the real books do not lie in ../shared/books",
        "  1: no Chromium on this machine",
        "  and the long tests and the measurements, which are `make soak` and `make bench`.",
    ]


@pytest.mark.parametrize("target", ["check", "test"])
def test_one_target_that_fails_fails_the_run_and_the_other_runs_all_the_same(
    tmp_path: Path, target: str
) -> None:
    ended = ci(tmp_path, f'echo "ran $1"; test "$1" != {target}')
    assert ended.returncode == 1
    assert "ran check" in ended.stdout
    assert "ran test" in ended.stdout
