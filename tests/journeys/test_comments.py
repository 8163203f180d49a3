"""Two readers talk beside a chapter: what one says, the other sees at once; and what a browser makes of
what people with bad intentions write."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.hostile_texts import BENT, PAYLOADS, SENTENCES, TRACE, TURNED
from tests.journeys.conftest import NewPage, sign_in
from tests.journeys.live import LIMIT, wait_until_open
from tests.journeys.reading_books import make_library
from tests.journeys.server import House

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
CHAPTER = "/the-salt-road/2/"

_SAY = """
from django.utils import timezone
from sites.accounts.models import User
from sites.books.models import Chapter
from sites.community.models import Comment
chapter = Chapter.objects.get(book__slug="the-salt-road", number={number})
author = User.objects.get(email="support@esensi.example")
User.objects.filter(pk=author.pk).update(name={name!r})
Comment.objects.bulk_create(Comment(chapter=chapter, author=author, text=one) for one in {texts!r})
"""


def read(page: Page, house: House, path: str = CHAPTER) -> None:
    page.goto(house.url("chapter", path))
    wait_until_open(page)


def open_paragraph(page: Page, number: int) -> str:
    """Open what is said of the chapter's paragraph; gives its id."""
    block = page.locator("#text p[id^='p-']").nth(number)
    paragraph = block.get_attribute("id") or ""
    block.click(position={"x": 5, "y": 5})
    bubble(page, paragraph).click()
    expect(page.locator("#talk form[data-write]").first).to_be_visible(timeout=LIMIT)
    return paragraph


def bubble(page: Page, paragraph: str) -> Locator:
    return page.locator(f".bubble[data-paragraph='{paragraph}']")


def say(page: Page, words: str, form: str = "#talk-body > form[data-write]") -> None:
    page.locator(f"{form} textarea").fill(words)
    page.locator(f"{form} button").click()


def comment(page: Page, words: str) -> Locator:
    return page.locator("#talk .comment", has_text=words).last


def test_two_readers_talk_about_a_paragraph_while_they_read(
    house: House, new_page: NewPage
) -> None:
    rani, toba = new_page(), new_page(width=360, height=740, locale="id-ID")
    for page, role in ((rani, "reader"), (toba, "author")):
        sign_in(page, house, role)
        read(page, house)
    paragraph = open_paragraph(rani, 1)

    say(rani, "The salt is a character <b>of its own</b>.")
    expect(bubble(toba, paragraph)).to_have_text("1", timeout=LIMIT)
    assert toba.evaluate("document.documentElement.scrollWidth") == 360
    bubble(toba, paragraph).click()
    there = comment(toba, "The salt is a character <b>of its own</b>.")
    expect(there).to_be_visible(timeout=LIMIT)
    expect(comment(rani, "of its own")).to_have_count(1)

    there.locator(".comment-answer summary").click()
    there.locator(".comment-answer textarea").press_sequentially("Ya, setuju sekali.")
    expect(rani.locator("#talk-writing")).to_contain_text("is writing…", timeout=LIMIT)
    there.locator(".comment-answer button").click()
    expect(rani.locator(".answers .comment", has_text="setuju sekali")).to_be_visible(timeout=LIMIT)
    expect(rani.locator("#talk-writing")).to_be_hidden(timeout=LIMIT)
    expect(bubble(rani, paragraph)).to_have_text("2", timeout=LIMIT)

    there.locator("[data-like] button").first.click()
    expect(comment(rani, "of its own").locator(".comment-likes").first).to_have_text(
        "1", timeout=LIMIT
    )
    change_and_delete(rani, toba, house, paragraph)


def change_and_delete(rani: Page, toba: Page, house: House, paragraph: str) -> None:
    """One changes their words and takes them back, and the other sees both."""
    changer = rani.context.new_page()
    changer.goto(house.url("chapter", f"{CHAPTER}comments/?paragraph={paragraph}"))
    expect(changer.locator("#bell")).to_contain_text("new")
    changer.locator(".comment-more", has_text="Change").first.click()
    changer.locator("section form textarea").fill("The salt is its own character.")
    changer.get_by_role("button", name="Save").click()
    expect(comment(toba, "The salt is its own character.")).to_be_visible(timeout=LIMIT)
    changer.get_by_role("button", name="Delete your comment").click()
    expect(toba.locator("#talk .comment-gone").first).to_be_visible(timeout=LIMIT)
    expect(toba.locator("#talk")).not_to_contain_text("its own character")
    expect(bubble(rani, paragraph)).to_have_text("1", timeout=LIMIT)


def test_who_is_muted_is_gone_from_the_page_and_from_its_counts(
    house: House, new_page: NewPage
) -> None:
    rani, toba, guest = new_page(), new_page(), new_page()
    for page, role in ((rani, "reader"), (toba, "author")):
        sign_in(page, house, role)
    for page in (rani, toba, guest):
        read(page, house, "/the-salt-road/3/")
    paragraph = open_paragraph(toba, 0)
    say(toba, "Nobody asked me, but.")
    expect(bubble(rani, paragraph)).to_have_text("1", timeout=LIMIT)
    bubble(rani, paragraph).click()
    comment(rani, "Nobody asked me").locator(".comment-more").click()
    rani.get_by_role("radio", name="Spam or advertising").check()
    rani.get_by_role("button", name="Report").click()
    expect(rani.get_by_text("The moderators will look at it.")).to_be_visible()
    rani.get_by_role("button", name="Mute").click()
    expect(rani.get_by_text("You will read nothing more of this person.")).to_be_visible()

    read(rani, house, "/the-salt-road/3/")
    say(toba, "And another thing.")
    expect(bubble(guest, paragraph)).to_have_text("2", timeout=LIMIT)
    like_unheard(rani, toba, guest, house)
    paragraph_of_rani = open_paragraph(rani, 0)
    assert paragraph_of_rani == paragraph
    expect(bubble(rani, paragraph)).to_have_text("+")
    expect(rani.locator("#talk .comment")).to_have_count(0)
    rani.goto(house.url("chapter", "/muted/"))
    rani.get_by_role("button", name="Hear again").click()
    read(rani, house, "/the-salt-road/3/")
    expect(bubble(rani, paragraph)).to_have_text("2", timeout=LIMIT)


def like_unheard(rani: Page, toba: Page, guest: Page, house: House) -> None:
    """One whom Rani has muted likes what somebody else said: all but her see it, then and later."""
    said = "Liked by somebody unheard."
    house.manage("shell", "-c", _SAY.format(number=3, name="Sari", texts=[said]))
    for page in (rani, toba, guest):
        page.locator("#talk-way").click()
        expect(comment(page, said)).to_be_visible(timeout=LIMIT)
    comment(toba, said).locator("[data-like] button").click()
    expect(comment(guest, said).locator(".comment-likes").first).to_have_text("1", timeout=LIMIT)
    # Her page has heard of it, and keeps whom not to count.
    expect(comment(rani, said)).to_have_attribute(
        "data-muted-likes", re.compile("."), timeout=LIMIT
    )
    expect(comment(rani, said).locator(".comment-likes").first).to_be_hidden()
    rani.reload()
    wait_until_open(rani)
    rani.locator("#talk-way").click()
    expect(comment(rani, said)).to_be_visible(timeout=LIMIT)
    expect(comment(rani, said).locator(".comment-likes").first).to_be_hidden()


_IS_BELOW = """(id) => {
  const lines = document.getElementById(id).getBoundingClientRect();
  const box = document.querySelector(`.bubble[data-paragraph="${id}"]`).getBoundingClientRect();
  return Math.abs(box.right - lines.right) < 2 && box.top >= lines.bottom;
}"""


def test_what_is_said_of_vertical_lines_stands_below_them(house: House, new_page: NewPage) -> None:
    books = make_library(house)
    for width in (360, 1280):
        page = new_page(width=width, height=740)
        books.sign_in("talks", page)
        page.goto(books.url("/journey-tate/1/"))
        wait_until_open(page)
        stands_below(page, width)


def stands_below(page: Page, width: int) -> None:
    block, words = page.locator("#text p[id^='p-']").nth(1), f"静かな段落です {width}"
    paragraph = block.get_attribute("id") or ""
    below = bubble(page, paragraph)
    block.click(position={"x": 5, "y": 5})
    below.click()
    type_and_come_back(page, words, below)
    # Beside the panel there is less room for the lines, and the bubble goes with them.
    page.wait_for_function(_IS_BELOW, arg=paragraph, timeout=LIMIT)
    page.locator("#talk-body > form[data-write] button").click()
    expect(comment(page, words)).to_be_visible(timeout=LIMIT)
    page.locator("#talk-close").click()
    page.wait_for_function(_IS_BELOW, arg=paragraph, timeout=LIMIT)
    box = stands(below)
    assert box["y"] + box["height"] <= stands(page.locator("#foot"))["y"], "The foot covers it."
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.locator(".chapter").evaluate("(box) => (box.scrollLeft -= 40)")
    moved = stands(below)
    assert abs(moved["x"] - box["x"] - 40) < 2, "It does not scroll with its lines."
    page.keyboard.press("c")
    expect(page.locator("#talk-quote")).not_to_be_empty()


def type_and_come_back(page: Page, words: str, to: Locator) -> None:
    """What was typed and not sent is there again when the panel opens again."""
    form = page.locator("#talk-body > form[data-write]")
    form.locator("textarea").fill(words)
    form.locator("[name=spoiler]").check()
    form.locator("[name=spoiler]").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#talk")).to_be_hidden()
    to.click()
    expect(form.locator("textarea")).to_have_value(words, timeout=LIMIT)


def stands(what: Locator) -> dict[str, float]:
    box = what.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def test_a_conversation_without_scripts(house: House, new_page: NewPage) -> None:
    page = new_page(width=360, height=740, javascript=False)
    sign_in(page, house)
    page.goto(house.url("chapter", CHAPTER))
    page.get_by_role("link", name="Comments on this chapter").click()
    page.get_by_label("Comment on this chapter").fill("Read without a script.")
    page.get_by_role("checkbox", name="Gives something away").first.check()
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_text("Your comment stands.")).to_be_visible()
    expect(page.get_by_text("Read without a script.")).to_be_hidden()
    page.get_by_text("This gives something away").first.click()
    expect(page.get_by_text("Read without a script.")).to_be_visible()


def test_no_text_runs_turns_or_bends_the_page(house: House, new_page: NewPage) -> None:
    """All payloads come by the list that the server draws, and some by the line as well."""
    texts = [*PAYLOADS, *TURNED, *BENT, *SENTENCES.values()]
    storable = [text.replace("\x00", "") for text in texts]
    name = "<img src=x onerror=window.__hurt=1>\u202e"
    house.manage("shell", "-c", _SAY.format(number=4, name=name, texts=storable))
    reader, writer = new_page(width=360, height=740), new_page()
    sign_in(writer, house)
    for page in (reader, writer):
        read(page, house, "/the-salt-road/4/")
        page.locator("#talk-way").click()
        expect(page.locator("#talk .comment").first).to_be_visible(timeout=LIMIT)
    for payload in ("<img src=x onerror=window.__hurt=1>", "</p><script>window.__hurt=1</script>"):
        said = f"By the line: {payload}"
        say(writer, said)
        expect(comment(reader, said)).to_be_visible(timeout=LIMIT)
    address = f"{house.url('chapter', '/the-salt-road/4/')}comments/"
    pages = 0
    reader.goto(address)
    while True:
        pages += 1
        assert not reader.evaluate(TRACE)
        assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
        older = reader.get_by_role("link", name="Older comments")
        if not older.count():
            break
        with reader.expect_navigation():
            older.click()
    assert pages >= len(texts) // 20
    for page in (reader, writer):
        assert not page.evaluate(TRACE)
