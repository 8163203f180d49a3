"""The doors of realtime."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from esensi.sockets import HTTP_PATHS, host_of
from realtime.protocol import EVENTS_PATH, SAY_PATH

pytestmark = pytest.mark.django_db


def test_the_paths_are_those_of_the_protocol() -> None:
    assert set(HTTP_PATHS) == {EVENTS_PATH, SAY_PATH}


def test_each_name_leads_to_its_host_and_others_are_refused() -> None:
    for key, domain in settings.HOST_NAMES.domains.items():
        assert host_of(scope(domain)) == key
        assert host_of(scope(domain.upper())) == key
    parent = settings.HOST_NAMES.parent
    assert host_of(scope(f"blog.{parent}:8000")) == 421
    assert host_of(scope(f"www.{parent}:8000")) == 421
    for name in ("", "evil.example", "a b", "127.0.0.1"):
        assert host_of(scope(name)) == 400


def scope(name: str) -> dict[str, Any]:
    return {"headers": [(b"host", name.encode())]}
