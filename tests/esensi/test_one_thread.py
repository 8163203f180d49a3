"""A request has one thread, and by that one database connection; its error pages, too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from esensi import asgi
from esensi.one_thread import OneThreadHandler
from tests.esensi import error_pages
from tests.sites.doors_probe import ask, http_scope

THREADS = 2


@pytest.fixture(params=["threads of its own", "the request's"])
def handler(request: pytest.FixtureRequest) -> Iterator[OneThreadHandler]:
    with override_settings(
        MIDDLEWARE=["tests.esensi.error_pages.noting"],
        ROOT_URLCONF="tests.esensi.error_pages",
        ALLOWED_HOSTS=["*"],
    ):
        yield from _handlers(request.param)


def _handlers(which: str) -> Iterator[OneThreadHandler]:
    error_pages.threads.clear()
    error_pages.closed.clear()
    if which == "the request's":
        yield OneThreadHandler()
        return
    with ThreadPoolExecutor(THREADS) as threads:
        yield OneThreadHandler(threads)


@pytest.mark.parametrize("path", ["/missing/", "/forbidden/", "/broken/", "/nowhere/"])
async def test_an_error_page_is_drawn_in_the_thread_of_its_request(
    handler: OneThreadHandler, path: str
) -> None:
    answer = await ask(handler, "house.example", path)
    assert answer["status"] == 418
    assert len(error_pages.threads) >= 2
    assert len(set(error_pages.threads)) == 1


@pytest.mark.parametrize("handler", ["threads of its own"], indirect=True)
async def test_all_requests_share_its_threads(handler: OneThreadHandler) -> None:
    answers = [ask(handler, "house.example", "/missing/") for _ in range(20)]
    assert {answer["status"] for answer in await asyncio.gather(*answers)} == {418}
    assert len(set(error_pages.threads)) <= THREADS


async def test_a_stream_is_sent_whole_and_closed(handler: OneThreadHandler) -> None:
    answer = await ask(handler, "house.example", "/stream/3/")
    assert answer["body"] == "piece " * 3
    assert error_pages.closed == ["/stream/3/"]


async def test_a_stream_ends_when_its_reader_leaves(handler: OneThreadHandler) -> None:
    come: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    await come.put({"type": "http.request", "body": b"", "more_body": False})
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == 50:
            await come.put({"type": "http.disconnect"})

    scope = http_scope("house.example", "/stream/101/", "GET", {})
    await asyncio.wait_for(handler(scope, come.get, send), 10)
    assert error_pages.closed == ["/stream/101/"]


async def test_who_leaves_before_the_body_came_gets_nothing(handler: OneThreadHandler) -> None:
    async def left() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    sent: list[Any] = []
    await handler(http_scope("house.example", "/missing/", "POST", {}), left, sent.append)
    assert not sent
    assert not error_pages.threads


def test_the_house_answers_by_it_with_as_many_threads_as_requests_at_once() -> None:
    assert isinstance(asgi._django, OneThreadHandler)
    assert asgi._threads._max_workers == settings.REQUESTS_AT_ONCE
