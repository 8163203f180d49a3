"""Fixtures for tests that speak to the five hosts through Django's test client."""

from __future__ import annotations

import contextlib
import io
import ipaddress
import itertools
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import AsyncClient, Client
from django.utils import translation

from tests import emptying

Visit = Callable[..., Client]
_numbers = itertools.count(1)


def visitor(key: str, **defaults: Any) -> Client:
    """A browser without cookies at one of the five hosts."""
    return Client(HTTP_HOST=settings.HOST_NAMES.domains[key], **defaults)


def async_visitor(key: str) -> AsyncClient:
    return AsyncClient(headers={"host": settings.HOST_NAMES.domains[key]})


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """Undo in the database what happens in the block; to the house it is no transaction at all."""
    whole = transaction.atomic()
    # As Django marks the transactions of its own test cases: durable ones may begin within it.
    whole._from_testcase = True  # type: ignore[attr-defined]
    with whole:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database holds the Site rows, as every real one does, and gets them back, with all that
    migrations write, after a test that really commits."""
    with django_db_blocker.unblock():
        call_command("sync_sites", stdout=io.StringIO())
        emptying.remember()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.testcases.call_command", emptying.empty)
        yield


@pytest.fixture(autouse=True)
def _fresh_site_map() -> Iterator[None]:
    """What one test read from the Site table, or rolled back, is not another's map."""
    yield
    from sites import site_map  # not before Django is set up

    site_map.forget()


@pytest.fixture(autouse=True)
def _nothing_announced(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is announced counts as read, so that the numbers of queries do not depend on the clock;
    ``announced.forget`` has it read again."""
    from sites.community import announced  # not before Django is set up

    monkeypatch.setattr(announced, "KEPT", timedelta(days=100 * 365))
    announced._read[:] = [announced._Read(datetime(2000, 1, 1, tzinfo=UTC), [])]
    yield
    announced.forget()


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A request leaves its language behind in the thread; the next test begins in English."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def _media_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media-of-tests")


@pytest.fixture(autouse=True)
def _own_media(settings: Any, _media_of_all: Path) -> None:
    """Covers that tests draw never come among a developer's own files, nor another test's: a folder is
    named here, and made by whoever writes the first file."""
    settings.MEDIA_ROOT = _media_of_all / str(next(_numbers))


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """Tests reach this machine alone: any other address is refused by name."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        on_the_net = self.family in (socket.AF_INET, socket.AF_INET6)
        if on_the_net and not ipaddress.ip_address(address[0]).is_loopback:
            raise AssertionError(f"A test wanted to reach {address[0]}, which is not this machine.")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield
