"""What every test runs on: a PostgreSQL server that is thrown away, unless DATABASE_URL names one."""

from __future__ import annotations

import contextlib
import os
import signal

import pytest
from django.conf import settings

from esensi import postgres
from esensi.database_url import database_settings
from esensi.postgres_errors import PostgresError

pytest_plugins = ["tests.house"]


def pytest_configure(config: pytest.Config) -> None:
    """Start the server before the first test, and tell it to everybody: to Django here, whose settings
    were read before this file, and by DATABASE_URL to the workers and to processes of the tests."""
    _hear_interrupts()
    # What a hash costs, a third of a second, is no test's matter; how often one is made is some tests'.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if "DATABASE_URL" in os.environ or config.option.help:
        return
    server = contextlib.ExitStack()
    config.add_cleanup(server.close)
    try:
        url = server.enter_context(postgres.throwaway())
    except PostgresError as error:
        raise pytest.UsageError(str(error)) from error
    os.environ["DATABASE_URL"] = url
    address = database_settings(url)
    database = settings.DATABASES["default"]
    kept = {"ENGINE": database["ENGINE"], "OPTIONS": database["OPTIONS"] | address["OPTIONS"]}
    database.update(address | kept)


def _hear_interrupts() -> None:
    """Let processes of tests be interrupted: what a shell runs in the background ignores SIGINT, and so
    would everything that it starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


#: Files of journeys that take longest: begun early, none is alone at the end while the other worker has
#: nothing left to do.
LONG_JOURNEYS = (
    *("test_accounts.py", "test_accessibility.py", "test_comments.py", "test_live.py"),
    *("test_office.py", "test_reading_place.py", "test_writing.py", "test_writing_together.py"),
    *("test_uploads.py", "test_submission.py", "test_import_and_read.py"),
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys come last, the long ones before the short and else in whatever order: while Playwright is
    open, its event loop runs in the thread of the tests, and Django refuses to touch the database beside
    one."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("journey") is None:
        return 0
    return 1 if item.path.name in LONG_JOURNEYS else 2
