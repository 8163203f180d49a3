"""An author brings a DOCX in at the desk, looks at what it changes, and brings the next draft in."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.server import House
from tests.sites.books.importers.docx_builder import Docx, novel
from tests.sites.books.importers.epub_builder import picture

pytestmark = pytest.mark.journey
TITLE = "The Tide of the Journey"


def draft(*, third: str) -> Docx:
    docx = novel(third=third)
    docx.title = TITLE
    return docx.picture(picture(400, 300), alt="A boat")


def choose(page: Page, house: House, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    page.goto(house.url("publish", "/import/"))
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="See what it changes").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()


def row(page: Page, chapter: str) -> str:
    found = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=chapter))
    return " ".join(found.inner_text().split())


def test_a_docx_comes_in_with_a_preview_and_its_next_draft_says_what_changes(
    house: House, new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page(width=1280)
    sign_in(page, house, "author")
    file = tmp_path / "tide.docx"
    choose(page, house, file, draft(third="The third evening was quiet.").build())
    expect(page.get_by_text("A new book, as a draft.")).to_be_visible()
    expect(page.get_by_text("3 chapters are new")).to_be_visible()
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_text(re.compile("is imported: 3 chapters new"))).to_be_visible()
    for title in ("One", "Two", "Three"):
        expect(page.get_by_role("link", name=title, exact=True).first).to_be_visible()

    second = draft(third="The third evening was long and loud.").heading("Four")
    choose(page, house, file, second.paragraph("A last one.").build())
    expect(page.get_by_text("This book is here already")).to_be_visible()
    assert row(page, "One") == "One unchanged"
    assert re.fullmatch(r"Three changed \+\d+ −\d+", row(page, "Three"))
    assert row(page, "Four") == "Four new +3"
    page.get_by_role("button", name="Import it").click()
    expect(page.get_by_text(re.compile("1 chapters new, 1 changed, 2 unchanged"))).to_be_visible()

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Export as EPUB").first.click()
    download = waiting.value
    assert download.suggested_filename == f"{TITLE}.epub"
    with zipfile.ZipFile(download.path()) as archive:
        assert len([name for name in archive.namelist() if "/text/" in name]) == 4


def test_a_file_that_is_no_book_is_a_sentence_on_the_page(
    house: House, new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page(width=360, height=740)
    sign_in(page, house, "author")
    file = tmp_path / "scan.docx"
    file.write_bytes(b"%PDF-1.7")
    page.goto(house.url("publish", "/import/"))
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="See what it changes").click()
    expect(page.get_by_role("alert")).to_contain_text("export")
