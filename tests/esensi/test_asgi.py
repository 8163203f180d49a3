"""The doors before Django: health and static files."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.finders import get_finder
from django.db import OperationalError

from esensi.health import Health
from esensi.ready import Ready
from esensi.static_files import with_static_files
from tests.sites.doors_probe import ask
from tests.waiting import PATIENCE, auntil


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


@pytest.mark.django_db(transaction=True)
async def test_people_are_told_whether_pages_can_be_served(monkeypatch: pytest.MonkeyPatch) -> None:
    answer = await ask(Ready(teapot), "x", "/readyz")
    assert (answer["status"], answer["body"]) == (200, "Ready.\n")
    assert (await ask(Ready(teapot), "x", "/readyz", method="HEAD"))["body"] == ""
    assert (await ask(Ready(teapot), "x", "/readyz", method="POST"))["status"] == 418

    def away(*_words: Any) -> None:
        raise OperationalError("connection to 10.0.0.7 failed: secret")

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", away)
    answer = await ask(Ready(teapot), "x", "/readyz")
    assert (answer["status"], answer["body"]) == (503, "The database does not answer.\n")
    assert answer["headers"]["retry-after"] == "5"


async def test_however_many_ask_at_once_the_database_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks, answers = [0], threading.Event()

    def look() -> str:
        looks[0] += 1
        answers.wait(PATIENCE)
        return ""

    monkeypatch.setattr("esensi.ready._fault", look)
    ready = Ready(teapot)
    for round_ in (1, 2):
        answers.clear()
        asking = [asyncio.ensure_future(ask(ready, "x", "/readyz")) for _ in range(50)]
        await auntil(lambda round_=round_: looks[0] == round_)
        answers.set()
        assert {one["status"] for one in await asyncio.gather(*asking)} == {200}
        assert looks[0] == round_


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
