"""From a reader to a book on the shelves: become an author, write, submit, change, be approved."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.server import House

pytestmark = pytest.mark.journey

#: Unlike every name that other journeys search for in the same house.
NAME = "Bintang Hutapea"
TITLE = "Sumur di Ujung Gang"
FIRST = "Sumur itu sudah kering sebelum aku lahir."
CHANGED = "Sumur itu masih penuh ketika aku lahir."
ASKED = "Bukankah di bab dua sumurnya penuh?"
NEW_READER = (
    "from sites.accounts.actions import create_user;"
    "create_user('{who}@esensi.example', password='esensi-demo', name='Bintang')"
)


def become_author(page: Page, house: House, who: str) -> None:
    """A reader who opens the writing desk is led to the form, and from there to the desk."""
    house.manage("shell", "-c", NEW_READER.format(who=who))
    sign_in(page, house, who)
    page.goto(house.url("publish"))
    expect(page).to_have_url(re.compile("/join/"))
    page.get_by_label("Your name on covers").fill(NAME)
    page.get_by_role("button", name="Become an author").click()
    expect(page).to_have_url(house.url("publish"))


def begin_book(page: Page) -> None:
    page.get_by_role("link", name="Begin a book").click()
    page.locator("#id_title").fill(TITLE)
    page.locator("#submit-row [name=_continue], [name=_continue]").first.click()
    expect(page.get_by_role("link", name="On its way")).to_be_visible()


def complete(page: Page) -> None:
    """Follow what the list of missing things leads to, until nothing is missing."""
    page.get_by_role("link", name="On its way").first.click()
    missing = page.locator(".desk-missing a")
    expect(missing).to_have_count(4)
    expect(page.get_by_role("button", name="Submit to the editors")).to_have_count(0)
    missing.filter(has_text="synopsis").click()
    expect(page).to_have_url(re.compile("#id_synopsis$"))
    page.locator("#id_synopsis").fill("Sebuah gang, sebuah sumur, tiga generasi.")
    page.locator("#id_opening_line").fill(FIRST)
    genres = page.locator("select#id_genres + .select2")
    genres.click()
    page.locator(".select2-results__option[aria-selected]").first.click()
    page.locator("[name=_continue]").first.click()
    page.get_by_role("link", name="On its way").first.click()
    expect(missing).to_have_count(1)


def write_chapter(page: Page, house: House) -> None:
    """One chapter in the prose editor, set to be published."""
    book = re.search(r"/books/book/(\d+)/", page.url)
    assert book is not None
    page.goto(house.url("publish", f"/books/chapter/add/?book={book[1]}"))
    page.locator("#id_title").fill("Kering")
    editor = page.locator("[contenteditable=true]").first
    editor.click()
    page.keyboard.type(FIRST)
    page.keyboard.press("Enter")
    page.keyboard.type("Ayah menutupnya dengan papan.")
    page.locator("#id_status").select_option("published")
    page.locator("[name=_save]").first.click()
    page.wait_for_url(re.compile(r"/books/chapter/(\?|$)|/chapters/"))
    page.goto(house.url("publish", f"/books/book/{book[1]}/submission/"))


def submit(page: Page, note: str) -> None:
    page.get_by_label("A note to the editors").fill(note)
    page.get_by_role("button", name="Submit to the editors").click()
    expect(page.locator(".desk-way [aria-current=step]")).to_have_text("With the editors")
    expect(page.locator("#talk")).to_contain_text(note)


def open_approval(page: Page, house: House) -> None:
    page.goto(house.url("internal", "/approvals/"))
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.locator("#facts-title")).to_have_text(TITLE)


def ask_for_changes(page: Page, house: House) -> None:
    """A comment at the first paragraph, and the book goes back."""
    open_approval(page, house)
    page.locator(".desk-text a[data-say-paragraph]").first.click()
    page.get_by_label("Your comment").fill(ASKED)
    page.get_by_role("button", name="Send the comment").click()
    expect(page.locator("#talk blockquote").first).to_contain_text(FIRST)
    page.locator("summary", has_text="Request changes").click()
    page.get_by_label("What should change?").fill("Mohon satukan kedua bab.")
    page.get_by_role("button", name="Send it back for changes").click()
    expect(page.locator(".desk-facts")).to_contain_text("Changes requested")


def read_and_change(page: Page, house: House, way: str) -> None:
    """What the editors wrote leads to the paragraph; the author changes it and submits again."""
    page.goto(way)
    expect(page.get_by_role("heading", name="The editors ask for changes")).to_be_visible()
    talk = page.locator("#talk")
    expect(talk).to_contain_text(ASKED)
    expect(talk).to_contain_text("Mohon satukan kedua bab.")
    talk.locator("blockquote a").first.click()
    expect(page).to_have_url(re.compile(r"/1/#p-[a-z2-7]{8}$"))
    expect(page.locator(f"[id='{page.url.partition('#')[2]}']")).to_contain_text(FIRST)
    page.goto(way)
    page.get_by_role("link", name="Chapters", exact=True).last.click()
    page.get_by_role("link", name="Kering").first.click()
    editor = page.locator("[contenteditable=true]").first
    editor.locator("p").first.click(click_count=3)
    page.keyboard.type(CHANGED)
    page.locator("[name=_save]").first.click()
    page.wait_for_url(re.compile(r"/books/chapter/(\?|$)|/chapters/"))
    page.goto(way)
    submit(page, "Sudah disatukan.")


def approve(page: Page, house: House) -> None:
    open_approval(page, house)
    page.locator("summary", has_text="Approve").first.click()
    page.get_by_role("button", name="Approve the book").click()
    expect(page.locator(".desk-facts")).to_contain_text("Approved")


@pytest.mark.timeout(240)
def test_a_reader_becomes_an_author_whose_book_is_changed_and_stands_on_the_shelves(
    house: House, new_page: NewPage
) -> None:
    author, editor, stranger = new_page(), new_page(), new_page()
    become_author(author, house, "sekar")
    begin_book(author)
    complete(author)
    write_chapter(author, house)
    way = author.url
    submit(author, "Ini buku pertama saya.")
    stranger.goto(house.url("main", "/books/sumur-di-ujung-gang/"))
    expect(stranger.get_by_role("heading", name=TITLE)).to_have_count(0)

    sign_in(editor, house, "editor")
    ask_for_changes(editor, house)
    read_and_change(author, house, way)
    approve(editor, house)

    stranger.goto(house.url("main", "/books/sumur-di-ujung-gang/"))
    expect(stranger.locator("h1")).to_have_text(TITLE)
    expect(stranger.locator("main")).to_contain_text(NAME)
    stranger.goto(house.url("chapter", "/sumur-di-ujung-gang/1/"))
    expect(stranger.locator(".text")).to_contain_text(CHANGED)
    author.goto(way)
    expect(author.locator(".desk-way [aria-current=step]")).to_have_text("On the shelves")
    author.get_by_role("link", name="Round 1").click()
    expect(author.locator("#talk")).to_contain_text(ASKED)
