"""Whatever happens to a page's line, the page says how it stands, and has everything in the end."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.live import LIMIT, LOOK, NO_SOCKETS, notify, wait_until_open, watch_lines
from tests.journeys.server import House

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


def unread(page: Page) -> int:
    return int(page.locator("#bell").get_attribute("data-unread") or 0)


def wait_until(page: Page, is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LIMIT / 1000
    while not is_so():
        assert time.monotonic() < deadline, what
        page.wait_for_timeout(50)


def test_a_server_that_was_killed_and_comes_back(house: House, page: Page) -> None:
    sign_in(page, house)
    page.goto(house.url("main"))
    wait_until_open(page)
    before = unread(page)
    state = page.locator("#live-state")
    expect(state).to_be_hidden()

    house.program.kill()
    expect(state).to_have_text("Reconnecting…", timeout=LIMIT)
    notify(house, "reader")  # by a command, while nobody serves
    house.program.start()
    expect(page.locator("#bell")).to_contain_text(f"{before + 1} new", timeout=LIMIT)
    expect(state).to_be_hidden(timeout=LIMIT)


def test_where_sockets_are_blocked_events_come_over_http(house: House, new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script(NO_SOCKETS)
    lines = watch_lines(page)
    sign_in(page, house)
    page.goto(house.url("main"))
    wait_until_open(page)
    assert not lines.sockets
    assert lines.streams
    before = unread(page)
    notify(house, "reader")
    expect(page.locator("#bell")).to_contain_text(f"{before + 1} new", timeout=LIMIT)
    expect(page.locator("#live-state")).to_be_hidden()


def test_a_hidden_tab_lets_go_and_has_everything_when_it_is_shown(
    house: House, new_page: NewPage
) -> None:
    page = new_page()
    sign_in(page, house)
    page.goto("about:blank")
    page.clock.install()
    lines = watch_lines(page)
    page.goto(house.url("main"))
    wait_until_open(page)
    before = unread(page)
    # From here on its clock stands still but for the leaps, however busy the machine is.
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 10"))  # s
    page.evaluate(LOOK, True)
    [socket] = lines.sockets
    # By then the page asks whether the server is there, and has ten of its seconds for the answer.
    with socket.expect_event("framereceived", lambda frame: '"pong"' in frame, timeout=LIMIT):
        page.clock.fast_forward("04:30")
    assert lines.open_sockets == 1
    page.clock.fast_forward("00:31")
    page.clock.resume()
    wait_until(page, lambda: lines.open_sockets == 0, "The hidden tab has kept its socket.")
    notify(house, "reader")
    assert unread(page) == before
    expect(page.locator("#live-state")).to_be_hidden()

    page.evaluate(LOOK, False)
    expect(page.locator("#bell")).to_contain_text(f"{before + 1} new", timeout=LIMIT)
    assert lines.open_sockets == 1
    assert not lines.streams
