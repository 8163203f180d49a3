"""What every test runs on: a PostgreSQL server that is thrown away, unless DATABASE_URL names one."""

from __future__ import annotations

import contextlib
import os

import dj_database_url
import pytest
from django.conf import settings

from esensi import postgres
from esensi.postgres_errors import PostgresError

pytest_plugins = ["tests.house"]


def pytest_configure(config: pytest.Config) -> None:
    """Start the server before the first test, and tell it to everybody: to Django here, whose settings
    were read before this file, and by DATABASE_URL to the workers and to processes of the tests."""
    if "DATABASE_URL" in os.environ or config.option.help:
        return
    server = contextlib.ExitStack()
    config.add_cleanup(server.close)
    try:
        url = server.enter_context(postgres.throwaway())
    except PostgresError as error:
        raise pytest.UsageError(str(error)) from error
    os.environ["DATABASE_URL"] = url
    address = dj_database_url.parse(url)
    database = settings.DATABASES["default"]
    database.update(address | {"OPTIONS": database["OPTIONS"] | address["OPTIONS"]})
