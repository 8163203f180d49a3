"""Jobs join the transaction of whoever asks for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction

from sites.background.defer import defer, defer_many
from sites.background.registry import UnknownJob, all_jobs, job, run_now
from tests.sites.background.conftest import waiting

ROOT = Path(__file__).resolve().parents[3]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("only_own_jobs")]


def test_a_job_waits_with_the_commit_and_goes_with_the_rollback() -> None:
    job("tests.a")(print)
    with transaction.atomic():
        defer("tests.a", key="gone")
        transaction.set_rollback(True)
    assert waiting() == []
    defer("tests.a", key="stays")
    assert waiting() == [("tests.a", "todo")]


def test_the_same_job_waits_once_and_another_beside_it() -> None:
    job("tests.a")(print)
    defer("tests.a", key="one")
    with transaction.atomic():
        defer_many("tests.a", [{"key": "one"}, {"key": "two"}])
        defer("tests.a", key="one")
    assert len(waiting()) == 2
    defer("tests.a", key="one", only_once=False)
    assert len(waiting()) == 3


def test_a_name_that_nobody_registered_is_refused() -> None:
    with pytest.raises(UnknownJob, match=r"tests\.nobody"):
        defer("tests.nobody")
    job("tests.a")(print)
    with pytest.raises(ValueError, match="twice"):
        job("tests.a")(print)


def test_a_stoppable_job_run_by_hand_is_never_stopped() -> None:
    said: list[bool] = []

    @job("tests.long", stoppable=True)
    def long(*, should_stop) -> None:  # type: ignore[no-untyped-def]
        said.append(should_stop())

    run_now("tests.long")
    assert said == [False]
    assert list(all_jobs()) == ["tests.long"]


def test_neither_the_start_nor_a_job_module_imports_procrastinate() -> None:
    program = """
import sys, django
django.setup()
import esensi.asgi, sites.background.defer, sites.background.worker
from sites.background.registry import all_jobs
all_jobs()
print(sorted(name for name in sys.modules if name.startswith("procrastinate")))
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "esensi.settings", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.strip() == "[]", done.stderr
