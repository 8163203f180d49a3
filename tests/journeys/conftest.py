"""A running house and a real browser in front of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys.server import House, find_chromium, launch, running_house


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """`manage.py up` on a database and a media folder of its own, for all journeys."""
    with running_house(tmp_path_factory.mktemp("house"), os.environ["DATABASE_URL"]) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or whichever the machine has."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with contextlib.ExitStack() as stack:
        try:
            playwright = stack.enter_context(sync_playwright())
        except Exception as error:  # noqa: BLE001 - Playwright has no narrower class for it
            pytest.skip(f"Playwright's driver does not start on this machine: {error}")
        launched = launch(playwright, path)
        yield launched
        launched.close()


NewPage = Callable[..., Page]


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Open another browser profile: ``new_page(width=360, locale="id-ID", javascript=False)``.

    Every page fails its test on a script error or a broken security policy.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        *, width: int = 1280, height: int = 900, locale: str = "en-GB", **options: Any
    ) -> Page:
        javascript = options.pop("javascript", True)
        context = browser.new_context(
            viewport={"width": width, "height": height},
            locale=locale,
            java_script_enabled=javascript,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "pageerror", lambda error: complaints.append(str(error)) if _is_ours(error) else None
        )
        page.on(
            "console", lambda said: complaints.append(said.text) if _is_refusal(said.text) else None
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, complaints


def _is_ours(error: Any) -> bool:
    """The browser gives up a view transition by itself where the next page, or a test, is quicker."""
    return "Transition was " not in str(error)


def _is_refusal(text: str) -> bool:
    return "Content Security Policy" in text or "Refused to" in text


@pytest.fixture
def page(new_page: NewPage) -> Page:
    return new_page()


def sign_in(page: Page, house: House, role: str = "reader") -> None:
    """Sign in on auth with a demo account."""
    page.goto(house.url("auth", "/sign-in/"))
    page.locator("input[name=username]").fill(f"{role}@esensi.example")
    page.locator("input[name=password]").fill("esensi-demo")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/sign-in/" not in address)
