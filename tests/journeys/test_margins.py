"""Two readers mark a chapter: with a mouse and with keys, with a finger on a phone; what one shares, the
other sees at once, and an edit of the chapter leaves marks where their words are."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.hostile_texts import PAYLOADS, TRACE
from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.live import LIMIT, wait_until_open
from tests.journeys.server import House

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
BOOK = "the-salt-road"
CHAPTER = f"/{BOOK}/3/"

#: Selects so many characters of a paragraph of the text, as a finger or a mouse does.
_SELECT = """([number, from, to]) => {
  const walker = document.createTreeWalker(
    document.querySelectorAll("#text p[id^='p-']")[number], NodeFilter.SHOW_TEXT);
  const node = walker.nextNode();
  getSelection().setBaseAndExtent(node, from, node, to);
  return getSelection().toString();
}"""
_EDIT = f"""
from sites.books.models import Chapter
chapter = Chapter.objects.get(book__slug="{BOOK}", number=3)
head, _, rest = chapter.text.partition("</p>")
begun = head[: head.index(">") + 1]
chapter.text = begun + "Words that an editor has put first. " + head[len(begun):] + "</p>" + rest
chapter.save()
"""


def read(page: Page, house: House) -> None:
    page.goto(house.url("chapter", CHAPTER))
    wait_until_open(page)
    expect(page.locator("#show-shared")).to_be_attached()


def select(page: Page, paragraph: int, start: int, end: int) -> str:
    words: str = page.evaluate(_SELECT, [paragraph, start, end])
    expect(page.locator("#marker")).to_be_visible(timeout=LIMIT)
    return words


def marked(page: Page, kind: str = "") -> str:
    """The words under the marks of a kind."""
    marks = page.locator(f"#text mark[data-highlight]{kind}")
    expect(marks.first).to_be_visible(timeout=LIMIT)
    return "".join(marks.all_text_contents())


def write_with_keys(page: Page, note: str) -> None:
    """Take the second sentence, write a note to it, and show both to everybody."""
    page.keyboard.press("h")
    page.keyboard.press("ArrowDown")
    page.locator("#marker [data-write]").press("Enter")
    card = page.locator("#mark-card")
    card.locator("textarea").fill(note)
    card.get_by_label("Pink").check(force=True)
    card.locator("[name='shared']").check()
    card.locator("form.mark-form button.button-call").click()


def take_along(page: Page, house: House, note: str) -> None:
    """The list of the book has both highlights, and gives them as a file."""
    page.goto(house.url("chapter", f"/highlights/{BOOK}/"))
    expect(page.locator(".marks article")).to_have_count(2)
    expect(page.locator(".mark-note")).to_have_text(note)
    assert not page.evaluate(TRACE)
    with page.expect_download() as download:
        page.locator("a", has_text="Markdown").click()
    assert download.value.suggested_filename == f"{BOOK}-highlights.md"


def test_what_one_marks_and_shares_the_other_sees_at_once(house: House, new_page: NewPage) -> None:
    wide = new_page()
    phone = new_page(width=360, height=740, locale="id-ID", has_touch=True, is_mobile=True)
    for page, role in ((wide, "reader"), (phone, "support")):
        sign_in(page, house, role)
        read(page, house)
    stranger = new_page()
    read(stranger, house)

    words = select(wide, 0, 4, 30)
    wide.locator("#marker [data-colour='green']").click()
    assert marked(wide, "[data-colour='green']") == words

    note = f"Margin note: {PAYLOADS[0]}"
    write_with_keys(wide, note)
    sentence = marked(wide, "[data-colour='pink']")

    assert marked(phone, "[data-shared]") == sentence
    for other in (phone, stranger):
        assert other.locator("mark[data-colour='green']").count() == 0  # that one is private
    read_only(stranger, sentence, note)
    phone.locator("mark[data-shared]").first.tap()
    expect(phone.locator("#mark-other .mark-note")).to_have_text(note)
    assert not phone.evaluate(TRACE)
    phone.locator("#mark-other [data-close]").tap()

    select(phone, 4, 0, 8)
    phone.locator("#marker [data-colour='blue']").tap()
    marked(phone, "[data-colour='blue']")
    assert phone.evaluate("document.documentElement.scrollWidth") == 360

    house.manage("shell", "-c", _EDIT)
    for page in (wide, phone):
        read(page, house)
    assert marked(wide, "[data-colour='green']") == words
    assert marked(phone, "[data-shared]") == sentence

    take_along(wide, house, note)


def read_only(stranger: Page, sentence: str, note: str) -> None:
    """Who is not signed in sees what is shared, as it comes, and can do nothing about it."""
    assert marked(stranger, "[data-shared]") == sentence
    stranger.locator("mark[data-shared]").first.click()
    expect(stranger.locator("#mark-other .mark-note")).to_have_text(note)
    expect(stranger.locator("#mark-other form")).to_have_count(0)
    stranger.keyboard.press("Escape")
    stranger.locator("#show-shared").uncheck()
    expect(stranger.locator("mark[data-shared]")).to_have_count(0)
    expect(stranger.locator("#marker")).to_have_count(0)


def test_without_a_script_words_are_copied_into_a_form(house: House, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    sign_in(page, house, "operator")
    page.goto(house.url("chapter", CHAPTER))
    sentence = (page.locator("#text p[id^='p-']").nth(2).text_content() or "")[:60]
    form = page.locator("noscript form.mark-form")
    page.locator("noscript summary", has_text="Highlight a passage").click()
    form.locator("[name='quote']").fill(sentence)
    form.locator("[name='note']").fill("Without a script.")
    form.locator("button").click()
    expect(page.locator("body")).to_contain_text("The passage is highlighted.")
    page.goto(house.url("chapter", f"/highlights/{BOOK}/"))
    expect(page.locator(".mark-note")).to_have_text("Without a script.")
