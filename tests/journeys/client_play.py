"""client.js in a browser whose time, chance and network the test holds in its hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Route

from tests.journeys.server import ROOT

CLIENT = ROOT / "realtime" / "static" / "realtime" / "client.js"
WORLD = ROOT / "tests" / "journeys" / "client_world.js"

Play = Callable[..., Any]


@pytest.fixture
def play(browser: Browser) -> Iterator[Play]:
    """Run the body of an async function with a scene's parts in scope; what it returns."""
    files = {"/client.js": CLIENT.read_text(), "/world.js": WORLD.read_text()}

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix("http://house.test")
        kind = "text/javascript" if path in files else "text/html"
        route.fulfill(body=files.get(path, "<!doctype html>"), content_type=kind)

    page = browser.new_page()
    page.route("http://house.test/**", answer)
    page.goto("http://house.test/")

    def run(body: str, **options: Any) -> Any:
        return page.evaluate(
            f"""async (options) => {{
              const {{ Connection, connection }} = await import("/client.js");
              const {{ makeScene, makeWorld }} = await import("/world.js");
              const {{ world, line, states, heard, event, joined, caught, welcome, open }} =
                makeScene(Connection, options);
              {body}
            }}""",
            options,
        )

    yield run
    page.close()
