"""A request has one thread, and by that one database connection; its error pages, too."""

from __future__ import annotations

from typing import Any

import pytest

from esensi import asgi
from esensi.one_thread import OneThreadHandler
from tests.esensi import error_pages
from tests.sites.doors_probe import ask


@pytest.fixture
def handler(settings: Any) -> OneThreadHandler:
    settings.MIDDLEWARE = ["tests.esensi.error_pages.noting"]
    settings.ROOT_URLCONF = "tests.esensi.error_pages"
    settings.ALLOWED_HOSTS = ["*"]
    error_pages.threads.clear()
    return OneThreadHandler()


@pytest.mark.parametrize("path", ["/missing/", "/forbidden/", "/broken/", "/nowhere/"])
async def test_an_error_page_is_drawn_in_the_thread_of_its_request(
    handler: OneThreadHandler, path: str
) -> None:
    answer = await ask(handler, "house.example", path)
    assert answer["status"] == 418
    assert len(error_pages.threads) >= 2
    assert len(set(error_pages.threads)) == 1


def test_the_house_answers_by_it() -> None:
    assert isinstance(asgi._django, OneThreadHandler)
