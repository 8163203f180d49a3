"""The doors before Django: health, the gate, static files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finder

from esensi.gate import RequestGate
from esensi.health import Health
from esensi.static_files import with_static_files
from tests.sites.doors_probe import ask, http_scope


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


async def test_the_gate_lets_in_as_many_as_there_are_connections() -> None:
    limit = settings.REQUESTS_AT_ONCE
    inside, most = 0, 0
    full, leave = asyncio.Event(), asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        if inside == limit:
            full.set()
        await leave.wait()
        inside -= 1

    gate = RequestGate(slow)
    tasks = [
        asyncio.create_task(gate(http_scope("x", "/", "GET", {}), None, None))
        for _ in range(limit * 5)
    ]  # type: ignore[arg-type]
    await asyncio.wait_for(full.wait(), 5)
    for _ in range(20):
        await asyncio.sleep(0)
    assert most == limit
    leave.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 5)
    assert most == limit


async def test_a_full_house_says_so_and_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esensi.gate.LONGEST_LINE", 3)
    entered, leave = asyncio.Semaphore(0), asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        entered.release()
        await leave.wait()
        await teapot(scope, receive, send)

    gate = RequestGate(slow)
    tasks = [asyncio.create_task(ask(gate, "x")) for _ in range(settings.REQUESTS_AT_ONCE + 3)]
    for _ in range(settings.REQUESTS_AT_ONCE):
        await asyncio.wait_for(entered.acquire(), 5)
    refused = await asyncio.wait_for(ask(gate, "x"), 5)
    assert refused["status"] == 503
    assert refused["headers"]["retry-after"] == "5"
    assert "default-src 'none'" in refused["headers"]["content-security-policy"]
    leave.set()
    answers = await asyncio.wait_for(asyncio.gather(*tasks), 5)
    assert {answer["status"] for answer in answers} == {418}
    assert (await asyncio.wait_for(ask(gate, "x"), 5))["status"] == 418


async def test_a_request_that_fails_gives_its_turn_back() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("broken on purpose")

    gate = RequestGate(broken)
    for _ in range(settings.REQUESTS_AT_ONCE * 2):
        with pytest.raises(RuntimeError):
            await asyncio.wait_for(gate(http_scope("x", "/", "GET", {}), None, None), 5)  # type: ignore[arg-type]


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
