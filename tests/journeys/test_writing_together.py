"""Two people at one chapter, in two browsers: who writes, what is kept, and no word that is lost to a
crash, a server that is killed, another's text, or clocks that are wrong."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.drafts import Draft, make_draft
from tests.journeys.live import LIMIT, TOMORROW
from tests.journeys.server import CHROMIUM_FLAGS, House, find_chromium
from tests.journeys.test_writing import keep, open_editor
from tests.waiting import until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

#: Is this kept in the browser, on its disk?
KEPT_HERE = """(words) => new Promise((resolve) => {
  const asked = indexedDB.open('esensi-writing', 1);
  asked.onsuccess = () => {
    const rows = asked.result.transaction('words').objectStore('words').getAll();
    rows.onsuccess = () => { asked.result.close(); resolve(rows.result.some((row) => row.text.includes(words))); };
  };
})"""


@pytest.fixture
def draft(house: House, request: pytest.FixtureRequest) -> Draft:
    return make_draft(house, request.node.name.replace("_", " ")[5:80])


def person(new_page: NewPage, house: House, role: str, script: str = "") -> Page:
    page = new_page()
    if script:
        page.add_init_script(script)
    sign_in(page, house, role)
    return page


def write_at(page: Page, draft: Draft) -> None:
    """Open the form, and wait until it knows who else is there."""
    open_editor(page, draft.form())
    expect(page.locator("#writing[data-ready]")).to_be_attached(timeout=LIMIT)


def type_in(page: Page, words: str) -> None:
    page.locator(".prose-text").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def expect_may_write(page: Page, is_so: str) -> None:
    expect(page.locator(".prose-text")).to_have_attribute("contenteditable", is_so, timeout=LIMIT)


def expect_kept(page: Page) -> None:
    expect(page.locator("#writing[data-state=kept]")).to_be_attached(timeout=LIMIT)


_WAITING = """
SELECT text FROM books_chapterdraft JOIN accounts_user ON author_id = accounts_user.id
WHERE chapter_id = %(chapter)s AND email = %(email)s
"""


_WAITING_NEW = """
SELECT books_newchapterdraft.text FROM books_newchapterdraft JOIN books_chapter USING (book_id)
WHERE books_chapter.id = %(chapter)s AND is_waiting
"""


def one(draft: Draft, statement: str, **values: str) -> str:
    """The first value of a statement on the house's database, about the first chapter."""
    address = draft.house.environment["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as connection:
        facts = {"chapter": int(draft.chapters[0]), **values}
        row = connection.execute(statement.encode(), facts).fetchone()
    return str(row[0]) if row else ""


def readers_text(draft: Draft) -> str:
    return one(draft, "SELECT text FROM books_chapter WHERE id = %(chapter)s")


def waiting(draft: Draft, role: str) -> str:
    return one(draft, _WAITING, email=f"{role}@esensi.example")


def waiting_new(draft: Draft) -> str:
    """What waits for a chapter of the book that is not stored yet."""
    return one(draft, _WAITING_NEW)


def see_each_other(author: Page, editor: Page, draft: Draft) -> None:
    """Both have it open; the author writes, and the editor reads along."""
    for page in (author, editor):
        write_at(page, draft)
    expect(editor.locator("#writing-here")).to_contain_text("has this chapter open", timeout=LIMIT)
    expect(author.locator("#writing-here")).to_contain_text("has this chapter open", timeout=LIMIT)

    type_in(author, " Angin mati.")
    expect_kept(author)
    expect(author.locator("#writing-who")).to_have_text("You are writing.", timeout=LIMIT)
    assert "Angin mati." in waiting(draft, "author")
    assert "Angin mati." not in readers_text(draft)

    expect(editor.locator("#writing-who")).to_contain_text("is writing.", timeout=LIMIT)
    expect_may_write(editor, "false")


def hand_over(author: Page, editor: Page) -> None:
    """The editor asks, and the author gives."""
    editor.get_by_role("button", name="Ask for it").click()
    expect(editor.locator("#writing-who")).to_contain_text("You have asked.", timeout=LIMIT)
    ask = author.locator("#writing-ask")
    expect(ask).to_contain_text("would like to write here", timeout=LIMIT)
    ask.get_by_role("button", name="Hand it over").click()

    expect(editor.locator("#writing-who")).to_have_text("You are writing.", timeout=LIMIT)
    expect_may_write(author, "false")


def test_two_people_write_in_turns_and_see_both_texts_where_they_meet(
    house: House, new_page: NewPage, draft: Draft
) -> None:
    author, editor = person(new_page, house, "author"), person(new_page, house, "editor", TOMORROW)
    see_each_other(author, editor, draft)
    hand_over(author, editor)
    editor.get_by_role("link", name="Go on with them").click()
    expect(editor.locator(".prose-text")).to_contain_text("Angin mati.", timeout=LIMIT)
    type_in(editor, " Layar turun.")
    expect_kept(editor)
    keep(editor)
    assert "Angin mati. Layar turun." in readers_text(draft)
    expect(author.locator("#writing-news")).to_contain_text("a newer text", timeout=LIMIT)
    assert "Angin mati." in waiting(draft, "author"), "nobody has thrown it away"

    expect_may_write(author, "true")
    type_in(author, " Dan lagi.")
    both = author.locator("#writing-both")
    expect(both).to_contain_text("Two texts of this chapter", timeout=LIMIT)
    expect(both.locator(".both-side.is-1")).to_contain_text("Angin mati. Dan lagi.", timeout=LIMIT)
    expect(both.locator(".both-side.is-2")).to_contain_text(
        "Angin mati. Layar turun.", timeout=LIMIT
    )
    assert "Layar turun." in readers_text(draft)
    assert "Dan lagi." not in waiting(draft, "author")
    until(lambda: author.evaluate(KEPT_HERE, "Dan lagi."))

    both.get_by_role("button", name="Go on with mine").click()
    expect_kept(author)
    keep(author)
    assert "Angin mati. Dan lagi." in readers_text(draft)
    before = "SELECT string_agg(text, ' ') FROM books_revision WHERE chapter_id = %(chapter)s"
    assert "Layar turun." in one(draft, before), "what was replaced is a revision"
    until(lambda: not author.evaluate(KEPT_HERE, "Dan lagi."))


def test_words_are_kept_while_the_server_is_killed(
    house: House, new_page: NewPage, draft: Draft
) -> None:
    author = person(new_page, house, "author")
    write_at(author, draft)
    type_in(author, " Sebelum mati.")
    expect_kept(author)
    house.program.kill()
    try:
        type_in(author, " Selagi mati.")
        expect(author.locator("#writing-kept")).to_contain_text(
            "kept in this browser", timeout=LIMIT
        )
        until(lambda: author.evaluate(KEPT_HERE, "Selagi mati."))
    finally:
        house.program.start()
    expect_kept(author)
    assert "Sebelum mati. Selagi mati." in waiting(draft, "author")
    until(lambda: not author.evaluate(KEPT_HERE, "Selagi mati."))


@contextlib.contextmanager
def own_browser(browser: Browser, profile: Path) -> Iterator[BrowserContext]:
    """A browser with a profile on the disk, which may be killed."""
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=find_chromium(), args=CHROMIUM_FLAGS, locale="en-GB"
    )
    try:
        yield context
    finally:
        with contextlib.suppress(Exception):  # it was killed
            context.close()


def kill_browser(profile: Path) -> None:
    """End the browser of a profile as a crash does, with all its processes."""
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes() if folder.name.isdigit() else b""
            if f"--user-data-dir={profile}".encode() in words:
                os.kill(int(folder.name), signal.SIGKILL)


def sign_in_and_write(page: Page, house: House, draft: Draft) -> None:
    page.goto(draft.form())
    if "/sign-in/" in page.url:
        sign_in(page, house, "author")
    write_at(page, draft)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="finds processes in /proc")
def test_a_browser_that_crashes_has_what_the_server_had_not(
    house: House, browser: Browser, draft: Draft, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with own_browser(browser, profile) as context:
        page, new = context.new_page(), context.new_page()
        sign_in_and_write(page, house, draft)
        begin(new, draft)
        new.locator("#id_title").fill("Fajar")
        type_until_it_is_only_here(page, "draft", lambda: waiting(draft, "author"))
        type_until_it_is_only_here(new, "new-chapter", lambda: waiting_new(draft))
        kill_browser(profile)
    for kept in (waiting(draft, "author"), waiting_new(draft)):
        assert "Belum sampai." not in kept
    with own_browser(browser, profile) as context:
        page = context.new_page()
        sign_in_and_write(page, house, draft)
        expect_all_back(page)
        assert "Belum sampai." in waiting(draft, "author")
        keep(page)
        assert "Sampai di server. Belum sampai." in readers_text(draft)
        store_what_was_never_a_chapter(page, draft)


def begin(page: Page, draft: Draft) -> None:
    """Open the form of a new chapter, and wait until it keeps what is typed."""
    open_editor(page, draft.desk(f"/books/chapter/add/?book={draft.key}"))
    expect(page.locator("#writing[data-ready]")).to_be_attached(timeout=LIMIT)


def type_until_it_is_only_here(page: Page, address: str, kept: Callable[[], str]) -> None:
    """Type what reaches the server, and then what does not."""
    page.bring_to_front()
    type_in(page, " Sampai di server.")
    until(lambda: "Sampai di server." in kept())
    page.route(re.compile(f"/(lease|{address})/$"), lambda route: route.abort())
    type_in(page, " Belum sampai.")
    expect(page.locator("#writing[data-state=waiting]")).to_be_attached(timeout=LIMIT)
    until(lambda: page.evaluate(KEPT_HERE, "Belum sampai."))


def expect_all_back(page: Page) -> None:
    text = page.locator(".prose-text")
    expect(text).to_contain_text("Sampai di server. Belum sampai.", timeout=LIMIT)
    expect(page.locator("[data-prose][data-state=editing]")).to_be_visible(timeout=LIMIT)


def store_what_was_never_a_chapter(page: Page, draft: Draft) -> None:
    """It is offered on the desk's first screen, has the last words, and is gone with the save."""
    page.goto(draft.desk("/"))
    page.locator(f"a[href$='add/?book={draft.key}']", has_text="Go on with them").click()
    expect_all_back(page)
    expect(page.locator("#id_title")).to_have_value("Fajar")
    page.locator("[name=_continue]").click()
    expect(page.get_by_text("was added successfully")).to_be_visible(timeout=LIMIT)
    assert waiting_new(draft) == ""
    begin(page, draft)
    expect(page.locator(".prose-text")).to_have_text("", timeout=LIMIT)
