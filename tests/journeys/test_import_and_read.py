"""A real file from the command line to its last page, and the place found again elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.reading_books import keeping_place
from tests.journeys.server import ROOT, House
from tests.sites.books.importers.epub_builder import Epub, picture

pytestmark = pytest.mark.journey
BOOKS = ROOT.parent / "shared" / "books"
TITLE = "The Lighthouse Ledger"


def ledger() -> bytes:
    """Three chapters with a picture, a note and a link to another chapter."""
    book = Epub(
        title=TITLE, identifier="urn:journey:ledger", metadata="<dc:creator>Ina Sari</dc:creator>"
    )
    book.file("lamp.png", picture(400, 300), "image/png")
    for number in (1, 2, 3):
        lines = "".join(
            f"<p>Entry {number}.{line}. "
            + "The keeper wrote down what the sea had said that night. " * 6
            + "</p>"
            for line in range(1, 31)
        )
        extra = (
            '<p>See <a href="c3.xhtml">the last entry</a>.<a epub:type="noteref" href="#n1">1</a></p>'
            '<img src="lamp.png" alt="A lamp"/>'
            '<aside epub:type="footnote" id="n1"><p>Ink, faded.</p></aside>'
        )
        book.page(
            f"c{number}.xhtml",
            f"<h1>Night {number}</h1>{lines}{extra if number == 1 else ''}",
            toc_title=f"Night {number}",
        )
    return book.build()


def test_from_the_file_to_the_last_page_and_back_in_another_browser(
    house: House, new_page: NewPage, tmp_path: Path
) -> None:
    file = tmp_path / "ledger.epub"
    file.write_bytes(ledger())
    house.manage("import_book", str(file))

    page = new_page(width=1280)
    sign_in(page, house, "moderator")
    page.goto(house.url("main"))
    page.locator("input[type=search]").first.fill("lighthouse ledger")
    page.locator("input[type=search]").first.press("Enter")
    page.get_by_role("link", name=re.compile(TITLE)).first.click()
    expect(page.locator("h1")).to_have_text(TITLE)
    page.get_by_role("link", name="Start reading").first.click()
    expect(page.locator("h1")).to_have_text("Night 1")
    read_to_the_end(page)
    page.goto(house.url("chapter", "/the-lighthouse-ledger/2/"))
    paragraph = page.locator(".text > p").nth(15)
    with keeping_place(page):
        paragraph.evaluate("p => scrollTo(0, p.getBoundingClientRect().top + scrollY - 80)")

    phone = new_page(width=360, height=740)
    sign_in(phone, house, "moderator")
    phone.goto(house.url("chapter"))
    phone.get_by_role("link", name=re.compile(TITLE)).first.click()
    expect(phone.locator("h1")).to_have_text("Night 2")
    same = phone.locator(".text > p").nth(15)
    expect(same).to_be_in_viewport()


def read_to_the_end(page: Page) -> None:
    """Turn every chapter with its own link until there is none."""
    pictures = page.locator(".text img")
    expect(pictures).to_have_count(1)
    pictures.first.scroll_into_view_if_needed()  # it loads lazily
    assert pictures.first.evaluate("img => img.decode().then(() => img.naturalWidth)") == 400
    page.locator("a[role=doc-noteref]").click()
    expect(page.locator("aside[role=doc-footnote]")).to_be_in_viewport()
    for number in (2, 3):
        page.locator("a[rel=next]").last.click()
        expect(page.locator("h1")).to_have_text(f"Night {number}")
    assert page.locator("a[rel=next]").count() == 0


@pytest.mark.books
@pytest.mark.skipif(not BOOKS.is_dir(), reason="the real books are not beside this checkout")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.soak)])
def test_every_chapter_of_moby_dick_reads_with_its_pictures_and_notes(
    house: House, page: Page, step: int
) -> None:
    house.manage("import_book", str(BOOKS / "moby-dick.epub"))
    page.goto(house.url("chapter", "/moby-dick/"))
    addresses = page.locator("ol a").evaluate_all("links => links.map(link => link.href)")
    chapters = list(dict.fromkeys(a for a in addresses if re.search(r"/moby-dick/\d+/", a)))
    assert len(chapters) >= 136
    for address in chapters[::step]:
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        broken = page.evaluate(
            "Promise.all([...document.querySelectorAll('.text img')].map("
            "img => { img.loading = 'eager'; return img.decode().then(() => null, () => img.src) }"
            ")).then(all => all.filter(Boolean))"
        )
        assert broken == [], address
        lost = page.evaluate(
            "[...document.querySelectorAll('.text a[href^=\"#\"]')].filter("
            "a => !document.getElementById(a.hash.slice(1))).map(a => a.href)"
        )
        assert lost == [], address
        text = page.locator(".text")
        assert text.inner_text().strip() or text.locator("img").count(), address


@pytest.mark.books
@pytest.mark.skipif(not BOOKS.is_dir(), reason="the real books are not beside this checkout")
def test_the_arabic_book_reads_from_the_right(house: House, page: Page) -> None:
    said = house.manage("import_book", str(BOOKS / "regime-anticancer-arabic.epub"))
    assert said
    page.goto(house.url("main", "/books/?language=ar"))
    page.locator("main a[href*='/books/']").first.click()
    page.locator("ol a").last.click()
    article = page.locator("article.chapter")
    expect(article).to_have_attribute("dir", "rtl")
    expect(article).to_have_attribute("lang", re.compile("^ar"))
    assert (
        page.locator(".text > *").first.evaluate("block => getComputedStyle(block).direction")
        == "rtl"
    )
