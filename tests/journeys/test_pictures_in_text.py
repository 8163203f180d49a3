"""Pictures for a chapter, in a real browser: several at once, each with its description."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.drafts import make_draft
from tests.journeys.server import House
from tests.journeys.test_writing import LIMIT, keep, open_editor
from tests.storage.hostile import picture

pytestmark = pytest.mark.journey


def test_several_pictures_are_sent_at_once_and_put_into_the_text(
    house: House, new_page: NewPage, tmp_path: Path
) -> None:
    page: Page = new_page()
    sign_in(page, house, "author")
    draft = make_draft(house, "Perahu dan pulau")
    files = []
    for name, kind, side in (("perahu.png", "PNG", 300), ("pulau.jpg", "JPEG", 400)):
        files.append(tmp_path / name)
        files[-1].write_bytes(picture(kind, (side, 200)))
    broken = tmp_path / "rusak.png"
    broken.write_bytes(picture("PNG", (900, 900))[:2000])
    open_editor(page, draft.form())
    page.get_by_label("Add pictures").set_input_files([*files, broken])
    cards = page.locator("[data-cards] > li")
    expect(cards.get_by_text("The picture has arrived.")).to_have_count(2, timeout=2 * LIMIT)
    expect(cards.filter(has_text="rusak.png")).to_contain_text("cannot be read", timeout=LIMIT)
    for name, shown in (("perahu.png", "A boat"), ("pulau.jpg", "An island")):
        card = cards.filter(has_text=name)
        card.get_by_label("What it shows").fill(shown)
        card.get_by_role("button", name="Put it into the text").click()
    expect(cards).to_have_count(1)
    expect(page.locator(".prose-text figure img")).to_have_count(2)
    keep(page)
    text = page.locator("#id_text").input_value()
    for shown, width in (("A boat", 300), ("An island", 400)):
        picture_of = (
            rf'<img alt="{shown}" height="200" src="media:pictures/\w+\.webp" width="{width}">'
        )
        assert re.search(rf"<figure>{picture_of}</figure>", text), text
