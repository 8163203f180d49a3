"""Programs that work on hostile files have bounds, whatever they do."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from storage.bounded import bounded_command

MEGABYTE = 1024 * 1024
PATIENCE = 60  # seconds, on a machine that is busy


def run(
    folder: Path, program: str, *words: str, seconds: int = 20
) -> subprocess.CompletedProcess[bytes]:
    path = folder / "program.py"
    path.write_text(program)
    command = bounded_command(path, *words, memory=400 * MEGABYTE, seconds=seconds)
    return subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)


def test_a_program_gets_its_own_words_and_its_bounds(tmp_path: Path) -> None:
    program = """
import json, resource, sys
limits = [resource.getrlimit(each) for each in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE)]
print(json.dumps([__name__, sys.argv[1:], limits, sys.flags.isolated]))
"""
    done = run(tmp_path, program, "one", "two words")
    assert done.returncode == 0, done.stderr
    limits = [[400 * MEGABYTE] * 2, [20, 21], [0, 0]]
    assert json.loads(done.stdout) == ["__main__", ["one", "two words"], limits, 1]


def test_memory_ends_before_the_machine_is_full(tmp_path: Path) -> None:
    done = run(tmp_path, "bytearray(1024 ** 3)")
    assert done.returncode == 1
    assert done.stderr.strip().endswith(b"MemoryError")


def test_a_program_that_never_ends_is_ended(tmp_path: Path) -> None:
    assert run(tmp_path, "while True: pass", seconds=1).returncode == -24  # SIGXCPU


@pytest.mark.parametrize("answer", [0, 3])
def test_its_answer_is_handed_on(tmp_path: Path, answer: int) -> None:
    assert run(tmp_path, f"raise SystemExit({answer})").returncode == answer
