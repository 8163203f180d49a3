"""Attempts are counted once, whoever counts, and whatever becomes of the request."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from sites.accounts import limits
from sites.accounts.models import AttemptCount
from tests.journeys.server import ROOT, psycopg_url

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.django_db
class TestOneProcess:
    def test_so_many_pass_and_the_next_waits_for_the_window(self) -> None:
        for _ in range(3):
            assert limits.take("door", 3, MINUTE, NOW) is None
        refusal = limits.take("door", 3, MINUTE, NOW + timedelta(seconds=20))
        assert refusal
        assert refusal.wait == timedelta(seconds=40)
        assert refusal.seconds == 40

    def test_refused_attempts_do_not_prolong_the_wait(self) -> None:
        assert limits.take("door", 1, MINUTE, NOW) is None
        for second in range(0, 60, 5):
            assert limits.take("door", 1, MINUTE, NOW + timedelta(seconds=second))
        assert limits.take("door", 1, MINUTE, NOW + MINUTE) is None

    def test_keys_do_not_share(self) -> None:
        assert limits.take("door: a", 1, MINUTE, NOW) is None
        assert limits.take("door: b", 1, MINUTE, NOW) is None
        assert limits.take("door: a", 1, MINUTE, NOW)

    def test_what_is_given_back_may_be_taken_again(self) -> None:
        assert limits.take("door", 1, MINUTE, NOW) is None
        limits.give_back("door", NOW)
        limits.give_back("door", NOW)  # never below nothing
        assert limits.take("door", 1, MINUTE, NOW) is None
        assert limits.take("door", 1, MINUTE, NOW)

    def test_the_table_names_nobody(self) -> None:
        limits.take("sign-in: ratih@example.com 192.0.2.7", 5, MINUTE, NOW)
        row = AttemptCount.objects.get()
        assert len(bytes(row.key)) == 32
        assert b"ratih" not in bytes(row.key)

    def test_windows_that_are_over_go_in_bounded_batches(self) -> None:
        for number in range(7):
            limits.take(f"door: {number}", 1, MINUTE, NOW)
        later = NOW + 2 * MINUTE
        for other_plan in ("hashagg", "hashjoin", "mergejoin", "material", "sort"):
            connection.cursor().execute(f"SET LOCAL enable_{other_plan} = off")
        assert limits.sweep(later, most=3) == 3
        assert list(limits.sweep_all(later, batch=3)) == [3, 1]
        assert not AttemptCount.objects.exists()

    def test_the_table_does_not_grow_by_what_is_over(self) -> None:
        for number in range(20):
            limits.take(f"door: {number}", 1, MINUTE, NOW + number * MINUTE)
        assert AttemptCount.objects.count() <= 2

    def test_the_table_is_not_written_ahead(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relpersistence FROM pg_class WHERE relname = 'accounts_attemptcount'"
            )
            assert cursor.fetchone() == ("u",)

    def test_a_refusal_says_how_long(self) -> None:
        assert str(limits.Refusal(timedelta(seconds=61))).endswith("Try again in 2 minutes.")
        assert str(limits.Refusal(timedelta(seconds=5))).endswith("Try again in a minute.")
        assert limits.Refusal(timedelta(milliseconds=1)).seconds == 1
        limits.require("door", 1, MINUTE, NOW)
        with pytest.raises(limits.TooManyAttempts, match="Try again in a minute"):
            limits.require("door", 1, MINUTE, NOW)


@pytest.mark.django_db(transaction=True)
def test_a_count_cannot_be_taken_back_with_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        limits.take("door", 1, MINUTE, NOW)
    assert limits.take("door", 1, MINUTE, NOW) is None
    assert AttemptCount.objects.get().count == 1


#: Waits for a line, so that all begin at once; prints how many of its attempts passed.
_TRIES = """
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
import django
django.setup()
from django.db import connection
from sites.accounts import limits
now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
def attempt(_):
    try:
        return limits.take("two processes", int(sys.argv[1]), timedelta(minutes=1), now) is None
    finally:
        connection.close()
with ThreadPoolExecutor(4) as threads:
    list(threads.map(lambda _: connection.ensure_connection(), range(4)))
    print("ready", flush=True)
    sys.stdin.readline()
    print(sum(threads.map(attempt, range(int(sys.argv[2])))), flush=True)
"""


@pytest.fixture
def two_processes() -> Iterator[list[subprocess.Popen[str]]]:
    url = psycopg_url(os.environ["DATABASE_URL"], str(connection.settings_dict["NAME"]))
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "esensi.settings",
        "PYTHONWARNINGS": "default",
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _TRIES, str(LIMIT), str(ATTEMPTS)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    yield processes
    for process in processes:
        process.kill()
        process.communicate(timeout=20)


LIMIT, ATTEMPTS = 25, 40


@pytest.mark.django_db(transaction=True)
def test_of_all_attempts_of_two_processes_at_once_exactly_the_limit_pass(
    two_processes: list[subprocess.Popen[str]],
) -> None:
    """Forty from each of two processes, by four threads each, at the same instant: 25 of 80 pass."""
    for process in two_processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in two_processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    passed = [int(process.stdout.readline()) for process in two_processes if process.stdout]
    assert sum(passed) == LIMIT, passed
    assert AttemptCount.objects.get().count == LIMIT
