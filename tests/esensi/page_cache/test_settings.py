from __future__ import annotations

from typing import Any

import pytest

from esensi.credentials import Credential
from esensi.page_cache.door import with_page_cache
from esensi.page_cache_settings import USUAL_MB, page_cache_bytes
from tests.house import visitor


@pytest.mark.parametrize(
    ("environment", "given", "megabytes"),
    [
        ("production", None, USUAL_MB),
        ("production", 0, 0),
        ("production", 128, 128),
        ("development", None, 0),
        ("local", None, 0),
        ("local", 4, 4),
    ],
)
def test_pages_are_kept_in_production_and_where_it_is_asked_for(
    environment: str, given: int | None, megabytes: int
) -> None:
    values = {"ESENSI_ENV": environment, "PAGE_CACHE_MB": given, "BASIC_AUTH": None}
    assert page_cache_bytes(values) == megabytes * 1_000_000


def test_behind_a_password_nothing_is_kept_whatever_is_asked() -> None:
    door = [Credential("a", "a long password")]
    for environment in ("development", "production", "local"):
        values = {"ESENSI_ENV": environment, "PAGE_CACHE_MB": 64, "BASIC_AUTH": door}
        assert page_cache_bytes(values) == 0


def test_without_a_cache_the_door_is_not_there(settings: Any) -> None:
    settings.PAGE_CACHE_BYTES = 0

    async def app(scope: Any, receive: Any, send: Any) -> None: ...

    assert with_page_cache(app) is app


@pytest.mark.django_db
def test_without_a_cache_cdns_are_told_to_keep_nothing(settings: Any) -> None:
    settings.PAGE_CACHE_BYTES = 0
    for key in ("main", "chapter"):
        answer = visitor(key).get("/")
        assert answer["Cache-Control"] == "private"
        assert "ETag" not in answer


@pytest.mark.django_db
def test_who_has_the_page_is_told_so_without_the_door_too(settings: Any) -> None:
    settings.PAGE_CACHE_BYTES = 1_000_000
    first = visitor("main").get("/")
    assert first["Cache-Control"] == "public, max-age=0, s-maxage=15"
    again = visitor("main").get("/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
