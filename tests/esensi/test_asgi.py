"""The doors before Django: health and static files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.finders import get_finder

from esensi.health import Health
from esensi.static_files import with_static_files
from tests.sites.doors_probe import ask


async def teapot(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("HEAD", "/healthz", 200),
        ("POST", "/healthz", 418),
        ("GET", "/healthz/", 418),
        ("GET", "/", 418),
    ],
)
async def test_health_answers_its_one_address_alone(method: str, path: str, status: int) -> None:
    answer = await ask(Health(teapot), "10.0.0.1", path, method=method)
    assert answer["status"] == status


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
async def test_static_files_come_before_django_with_their_type() -> None:
    app = with_static_files(teapot)
    css = await ask(app, "esensi.localhost:8000", "/static/fonts.css")
    assert css["status"] == 200
    assert css["headers"]["content-type"].startswith("text/css")
    for path in ("../pyproject.toml", "none.css", "", "fonts", "a\0.css", "fonts/", "//etc/passwd"):
        answer = await ask(app, "esensi.localhost:8000", f"/static/{path}")
        assert answer["status"] == 418, path


async def test_a_stylesheet_that_is_being_written_arrives_whole(
    tmp_path: Path, settings: Any
) -> None:
    settings.STATICFILES_DIRS = [tmp_path]
    get_finder.cache_clear()
    (tmp_path / "draft.css").write_text("a{}")
    app = with_static_files(teapot)
    assert (await ask(app, "x", "/static/draft.css"))["body"] == "a{}"
    (tmp_path / "draft.css").write_text("a{color:red}")
    assert (await ask(app, "x", "/static/draft.css"))["body"] == "a{color:red}"
    get_finder.cache_clear()
