"""Writing in a real browser: the editor, chapters dragged into order, versions, and a preview."""

from __future__ import annotations

import re
from typing import Literal

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from sites.desk.prose import prose_of
from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.drafts import Draft, make_draft
from tests.journeys.server import House
from tests.journeys.test_accessibility import complaints
from tests.sites.desk.prose_samples import KEPT, NOT_KEPT

pytestmark = pytest.mark.journey

LIMIT = 15_000  # ms; the editor is half a megabyte of script


@pytest.fixture
def draft(house: House, request: pytest.FixtureRequest) -> Draft:
    return make_draft(house, request.node.name.replace("_", " ")[5:80])


@pytest.fixture
def page(new_page: NewPage, house: House) -> Page:
    """The author's browser."""
    opened = new_page()
    sign_in(opened, house, "author")
    return opened


def open_editor(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("[data-prose][data-state=editing] .prose-text")).to_be_visible(
        timeout=LIMIT
    )


def keep(page: Page) -> None:
    """Save, and wait for the form to come back."""
    page.locator("[name=_continue]").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible(timeout=LIMIT)


def test_the_editor_gives_back_every_kind_of_markup_that_the_rule_lets_into_it(
    page: Page, draft: Draft
) -> None:
    """The rule on the server is held to a real editor: what it lets in comes back as it was, and
    what it keeps out would not have."""
    open_editor(page, draft.form())
    known = prose_of("").known
    asked = [[text, prose_of(text).known] for text in KEPT.values()]
    asked += [[text, known] for text, _name in NOT_KEPT.values()]
    answers = page.evaluate(
        """async (asked) => {
             const { survives } = await import('/static/unfold/prose.js');
             const answers = [];
             for (const [text, known] of asked) answers.push(await survives(text, known));
             return answers;
           }""",
        asked,
    )
    found = dict(zip([*KEPT, *NOT_KEPT], answers, strict=True))
    assert {kind for kind, kept in found.items() if kept} == set(KEPT)


def test_a_chapter_is_written_in_the_editor_and_read(page: Page, draft: Draft) -> None:
    open_editor(page, draft.form())
    editor = page.locator(".prose-text")
    ids = editor.locator("p").evaluate_all("rows => rows.map((row) => row.id)")
    assert all(re.fullmatch("p-[a-z2-7]{8}", each) for each in ids)

    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("Subuh di pelabuhan")
    page.get_by_role("button", name="Heading", exact=True).click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("Bapak ")
    page.keyboard.press("Control+b")
    page.keyboard.type("pulang")
    page.keyboard.press("Control+b")
    page.keyboard.type(" sendirian.")
    keep(page)

    open_editor(page, draft.form())
    after = editor.locator("p").evaluate_all("rows => rows.map((row) => row.id)")
    assert after[:2] == ids
    assert len(set(after)) == 3
    page.goto(draft.house.url("chapter", f"/{draft.slug}/1/"))
    expect(page.locator("#text h2")).to_have_text("Subuh di pelabuhan")
    expect(page.locator(f"#{after[2]}")).to_have_text("Bapak pulang sendirian.")
    expect(page.locator(f"#{after[2]} strong")).to_have_text("pulang")
    expect(page.locator(f"#{ids[0]}")).to_have_text("Air naik pelan-pelan.")


def test_what_is_pasted_brings_words_and_no_scripts(page: Page, draft: Draft) -> None:
    """Attributes of Alpine's are what could run here: handlers are the policy's matter, and the
    browser complains of each wherever it is parsed."""
    open_editor(page, draft.form(1))
    editor = page.locator(".prose-text")
    editor.click()
    editor.evaluate(
        """(box, html) => {
             const brought = new DataTransfer();
             brought.setData('text/html', html);
             box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: brought, bubbles: true, cancelable: true }));
           }""",
        '<b style="font-weight:normal"><p><span style="font-weight:700">Tebal</span> saja</p></b>'
        '<h1>Judul</h1><ul><li>satu</li></ul><p><a href="javascript:x()">jahat</a>'
        '<img src="https://example.org/a.png"></p>'
        '<table x-data="window.hacked = 1"><tr><td x-init="window.hacked = 2">sel'
        "<img src=x></td></tr></table>",
    )
    expect(editor.locator("table td")).to_have_text("sel")
    keep(page)
    html = editor.inner_html()
    assert "<strong>Tebal</strong> saja" in html
    assert re.search("<h2[^>]*>Judul</h2>", html)
    assert not re.search("javascript|example.org|x-data|x-init", html)
    assert page.evaluate("window.hacked") is None


def test_a_page_with_unsaved_words_is_not_left_unasked(page: Page, draft: Draft) -> None:
    open_editor(page, draft.form(1))
    page.locator(".prose-text").click()
    page.keyboard.type("Belum disimpan. ")
    expect(page.locator("textarea.manuscript")).to_have_value(re.compile("Belum disimpan"))
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(draft.desk("/"))
    assert asked == ["beforeunload"]


def test_links_are_set_with_the_keyboard_alone(page: Page, draft: Draft) -> None:
    open_editor(page, draft.form(1))
    page.locator(".prose-text").click()
    page.keyboard.press("Control+a")
    page.get_by_role("button", name="Link", exact=True).press("Enter")
    page.keyboard.type("example.org/pasang")
    page.keyboard.press("Enter")
    keep(page)
    expect(page.locator(".prose-text a")).to_have_attribute("href", "https://example.org/pasang")


def test_what_the_editor_cannot_hold_is_written_with_its_tags(page: Page, draft: Draft) -> None:
    text, name = NOT_KEPT["a mark in one of its kind"]
    address = draft.house.environment["DATABASE_URL"]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "UPDATE books_chapter SET text = %s WHERE id = %s", (text, int(draft.chapters[2]))
        )
    page.goto(draft.form(2))
    expect(page.locator("textarea.manuscript")).to_have_value(text)
    expect(page.get_by_text(f"cannot give back “<{name}>”")).to_be_visible()


def test_without_scripts_the_text_area_takes_the_chapter(
    new_page: NewPage, house: House, draft: Draft
) -> None:
    plain = new_page(javascript=False)
    sign_in(plain, house, "author")
    plain.goto(draft.form())
    area = plain.locator("textarea.manuscript")
    expect(area).to_be_visible()
    area.fill("<p>Air naik pelan-pelan.</p>\n\n<p>Ibu pulang.</p>")
    plain.locator("[name=_continue]").click()
    expect(area).to_have_value("<p>Air naik pelan-pelan.</p>\n\n<p>Ibu pulang.</p>")


def drag(page: Page, handles: Locator, start: int, end: int) -> None:
    """Take a handle, and hold it where another one is until the list has made room there."""
    held, aim = handles.nth(start).bounding_box(), handles.nth(end).bounding_box()
    assert held
    assert aim
    last = page.locator(".order-title").nth(end)
    moved = page.locator(".order-title").nth(start).inner_text()
    page.mouse.move(held["x"] + 10, held["y"] + 20)
    page.mouse.down()
    page.mouse.move(held["x"] + 10, aim["y"] + 20, steps=10)
    for step in range(100):  # five seconds
        if last.inner_text() == moved:
            break
        page.mouse.move(held["x"] + 10, aim["y"] + 25 + step % 10)
        page.wait_for_timeout(50)
    page.mouse.up()


def test_a_chapter_is_dragged_into_another_place(page: Page, draft: Draft) -> None:
    page.goto(draft.desk(f"/books/book/{draft.key}/chapters/"))
    drag(page, page.locator(".order-handle"), 0, 2)
    expect(page.locator(".order-title")).to_have_text(["Surut", "Malam", "Pasang"])
    page.get_by_role("button", name="Move Malam up").press("Enter")
    expect(page.locator(".order-title")).to_have_text(["Malam", "Surut", "Pasang"])
    expect(page.get_by_role("status")).to_have_text("Malam is now number 1.")
    page.get_by_role("button", name="Save this order").click()
    expect(page.get_by_text("2 chapters have new numbers.")).to_be_visible()
    page.goto(draft.house.url("chapter", f"/{draft.slug}/3/"))
    expect(page.locator("h1")).to_have_text("Pasang")


def test_a_version_is_compared_and_brought_back(page: Page, draft: Draft) -> None:
    open_editor(page, draft.form())
    page.locator(".prose-text p").nth(1).click()
    page.keyboard.press("End")
    page.keyboard.type(" Sampai malam.")
    keep(page)
    page.get_by_role("link", name="Earlier versions of this chapter").click()
    expect(page.get_by_text("2 words came, 0 went")).to_be_visible()
    page.get_by_role("link", name="What changed").click()
    expect(page.locator("ins")).to_contain_text("Sampai malam")
    page.get_by_role("button", name="Bring version 1 back").click()
    expect(page.get_by_text("Version 1 is the text again.")).to_be_visible()
    expect(page.locator(".version-what b")).to_have_text(["Version 2", "Version 1"])
    open_editor(page, draft.form())
    expect(page.locator(".prose-text")).not_to_contain_text("Sampai malam.")


def test_a_preview_is_read_without_an_account_until_it_is_over(
    page: Page, new_page: NewPage, draft: Draft
) -> None:
    page.goto(draft.desk(f"/books/book/{draft.key}/preview/"))
    page.get_by_role("button", name="Make a link").click()
    address = page.locator(".preview-address input").input_value()

    reader = new_page(width=360, height=740)
    reader.goto(address)
    expect(reader.locator(".preview-band")).to_contain_text("Preview until")
    reader.get_by_role("link", name="Start reading").click()
    expect(reader.locator("#text")).to_contain_text("Air naik pelan-pelan.")
    reader.locator("[rel=next]").click()
    expect(reader.locator("h1")).to_have_text("Surut")
    assert not reader.evaluate("Object.keys(localStorage).length"), "no place is kept"
    answer = reader.goto(draft.house.url("chapter", f"/{draft.slug}/1/"))
    assert answer
    assert answer.status == 404, "only the link leads there"

    with psycopg.connect(draft.house.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "UPDATE books_previewlink SET created_at = now() - interval '8 days',"
            " expires_at = now() WHERE book_id = %s",
            (int(draft.key),),
        )
    over = reader.goto(address)
    assert over
    assert over.status == 404
    expect(reader.locator("h1")).to_have_text("The preview is over")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_writing(
    house: House, new_page: NewPage, draft: Draft, theme: Literal["light", "dark"]
) -> None:
    writer = new_page(width=768, color_scheme=theme, bypass_csp=True)
    sign_in(writer, house, "author")
    found = {}
    open_editor(writer, draft.form())
    writer.locator(".prose-text").click()
    writer.keyboard.type("Pagi. ")
    keep(writer)
    found["editor"] = complaints(writer)
    versions = f"/books/chapter/{draft.chapters[0]}/versions/"
    for path in (
        f"/books/book/{draft.key}/chapters/",
        versions,
        f"{versions}difference/?from=1",
        "/scheduled/",
        f"/books/book/{draft.key}/preview/",
    ):
        writer.goto(draft.desk(path))
        found[path] = complaints(writer)
    writer.get_by_role("button", name="Make a link").click()
    address = writer.locator(".preview-address input").input_value()
    reader = new_page(width=360, color_scheme=theme, bypass_csp=True)
    for path in (address, f"{address}1/", f"{address[:-3]}x/"):
        reader.goto(path)
        found[path] = complaints(reader)
    assert {where: what for where, what in found.items() if what} == {}
