"""Somebody else signs in, in the browser in which a page of another person's is open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.drafts import Draft, make_draft
from tests.journeys.live import LIMIT
from tests.journeys.server import House
from tests.journeys.test_writing_together import (
    KEPT_HERE,
    expect_kept,
    one,
    type_in,
    waiting,
    write_at,
)
from tests.waiting import until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def be(page: Page, house: House, role: str) -> None:
    """Somebody signs in on another page of the same browser."""
    page.context.clear_cookies()
    other = page.context.new_page()
    sign_in(other, house, role)
    other.close()


def test_words_stay_with_the_person_for_whom_the_page_was_drawn(
    house: House, new_page: NewPage
) -> None:
    page, draft = new_page(), make_draft(house, "Milik siapa")
    sign_in(page, house, "author")
    write_at(page, draft)
    type_in(page, " Sebelum pergi.")
    expect_kept(page)

    be(page, house, "editor")
    type_in(page, " Sesudah pergi.")
    expect(page.locator("#writing-kept")).to_contain_text("in another account", timeout=LIMIT)
    until(lambda: page.evaluate(KEPT_HERE, "Sesudah pergi."))
    expect(page.locator(".prose-text")).to_contain_text("Sesudah pergi.")
    assert waiting(draft, "editor") == ""
    assert "Sesudah pergi." not in waiting(draft, "author")

    be(page, house, "author")
    type_in(page, " Kembali.")
    expect_kept(page)
    assert "Sebelum pergi. Sesudah pergi. Kembali." in waiting(draft, "author")
    waits_for_news(page, draft)


_TAKE = """
UPDATE books_chapterlease SET number = number + 1, page = 'eeee', expires_at = now() + interval '1 hour',
holder_id = (SELECT id FROM accounts_user WHERE email = 'editor@esensi.example')
WHERE chapter_id = %(chapter)s RETURNING number
"""
#: Longer than a page waits before it sends, by its own timers, which are what is looked at.
_WAIT = "() => new Promise((done) => setTimeout(done, 3000))"


def waits_for_news(page: Page, draft: Draft) -> None:
    """What is typed in the moment in which somebody else has begun to write waits for the lease's
    news, and does not ask for it again and again."""
    one(draft, _TAKE)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.method) if "/lease/" in sent.url else None)
    type_in(page, " Terlambat.")
    expect(page.locator("#writing[data-state=stopped]")).to_be_attached(timeout=LIMIT)
    page.evaluate(_WAIT)
    assert "POST" not in asked
    until(lambda: page.evaluate(KEPT_HERE, "Terlambat."))
