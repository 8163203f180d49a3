"""Where no browser can be driven, journeys are skipped, and say why."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.server import ROOT

JOURNEY = """
from tests.journeys.conftest import browser

def test_journey(browser):
    raise AssertionError("There was a browser.")
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for PATH, which is all that there is on it."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


def put_program(folder: Path, name: str, script: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


def end_of_a_journey(folder: Path, programs: Path, **environment: str) -> str:
    """Run a journey in a process of its own; what pytest says of it."""
    file = folder / "test_journey.py"
    file.write_text(JOURNEY)
    words = ["-q", "-rs", "-p", "no:cacheprovider", "-p", "no:randomly", "-c", os.devnull]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *words, f"--rootdir={folder}", str(file)],
        cwd=ROOT,
        env={"PATH": str(programs), "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_without_a_chromium(tmp_path: Path, programs: Path) -> None:
    said = end_of_a_journey(tmp_path, programs)
    assert "1 skipped" in said
    assert "no Chromium on this machine (Debian: apt-get install chromium)" in said


def test_without_a_driver_that_starts(tmp_path: Path, programs: Path) -> None:
    put_program(programs, "chromium", "exit 1")
    driver = put_program(programs, "node", "exit 127")
    said = end_of_a_journey(tmp_path, programs, PLAYWRIGHT_NODEJS_PATH=str(driver))
    assert "1 skipped" in said
    assert "Playwright's driver does not start on this machine" in said
