"""What every test of the one door begins with."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    """What a hash costs is not the matter here; how often one is made is."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()
