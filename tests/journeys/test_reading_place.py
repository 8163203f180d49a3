"""The place is found again, exactly, in another browser, at another width and size of text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.reading_books import (
    Library,
    is_in_view,
    keeping_place,
    make_library,
    paragraph_at_line,
    scroll,
)
from tests.journeys.server import House

pytestmark = pytest.mark.journey

LIMIT = 15_000  # ms; settings are sent four tenths of a second after the last change


@pytest.fixture(scope="module")
def books(house: House) -> Library:
    return make_library(house)


def read_to(page: Page, distance: int) -> str:
    """Scroll, wait until the place is kept, and give its paragraph."""
    with keeping_place(page):
        scroll(page, distance)
    return paragraph_at_line(page)


def go_on(page: Page, books: Library, slug: str) -> None:
    """Open the contents and go on reading from there."""
    page.goto(books.url(f"/{slug}/"))
    follow(page)


def follow(page: Page) -> None:
    """Press the contents' button, and wait until the chapter stands still."""
    page.locator("main .button-call").click()
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => 1)")
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def test_the_place_is_found_again_in_another_browser_to_the_paragraph(
    books: Library, new_page: NewPage
) -> None:
    name = "browsers"
    desk, phone = new_page(width=1280), new_page(width=360, height=740)
    books.sign_in(name, desk, phone)

    desk.goto(books.url("/journey/2/"))
    paragraph = read_to(desk, 5200)
    assert paragraph not in ("", "p-aaaaaaab")
    kept = books.kept_place(name, "journey")
    assert kept[:2] == (2, paragraph)

    go_on(phone, books, "journey")
    assert phone.url.endswith(f"/journey/2/#{paragraph}")
    assert paragraph_at_line(phone) == paragraph
    # Arriving is not reading: leaving again keeps the very same place.
    phone.goto(books.url("/journey/"))
    assert books.kept_place(name, "journey") == kept

    go_on(phone, books, "journey")
    on_the_phone = read_to(phone, 3000)
    assert on_the_phone != paragraph
    go_on(desk, books, "journey")
    assert paragraph_at_line(desk) == on_the_phone


def test_the_place_survives_another_size_of_text(books: Library, new_page: NewPage) -> None:
    first, second = new_page(width=768), new_page(width=1280)
    books.sign_in("sizes", first, second)
    first.goto(books.url("/journey/1/"))
    paragraph = read_to(first, 4000)
    go_on(second, books, "journey")
    with second.expect_response("**/reading/", timeout=LIMIT):
        for _step in range(7):
            second.keyboard.press("+")
    expect(second.locator("#reader")).to_have_attribute("data-size", "26")
    assert paragraph_at_line(second) == paragraph
    go_on(first, books, "journey")
    expect(first.locator("#reader")).to_have_attribute("data-size", "26")
    assert paragraph_at_line(first) == paragraph


def test_a_place_on_the_last_screen_stays_in_view_and_is_not_moved(
    books: Library, new_page: NewPage
) -> None:
    name = "last-screen"
    desk, phone = new_page(width=1280), new_page(width=360, height=740)
    books.sign_in(name, desk, phone)
    phone.goto(books.url("/journey/1/#p-aaaaaaes"))  # paragraph 146 of 150
    paragraph = read_to(phone, 60)
    kept = books.kept_place(name, "journey")
    assert kept[1] == paragraph
    assert kept[2] < 1
    go_on(desk, books, "journey")
    assert is_in_view(desk, paragraph)
    desk.goto(books.url("/journey/"))
    assert books.kept_place(name, "journey") == kept


def test_reading_to_the_end_leads_to_the_next_chapter(books: Library, new_page: NewPage) -> None:
    name = "to-the-end"
    page = new_page()
    books.sign_in(name, page)
    page.goto(books.url("/journey/1/#p-aaaaaaev"))
    with keeping_place(page):
        scroll(page, 20_000)
    expect(page.locator("#left")).to_have_text("read to the end")
    kept = books.kept_place(name, "journey")
    assert kept[2] == 1
    go_on(page, books, "journey")
    assert page.url.endswith("/journey/2/")


def test_where_the_paragraph_has_gone_the_fraction_stands_in(
    books: Library, new_page: NewPage
) -> None:
    name = "vanished"
    desk, phone = new_page(width=1280), new_page(width=360, height=740)
    books.sign_in(name, desk, phone)
    desk.goto(books.url("/journey/3/"))
    paragraph = read_to(desk, 6000)
    books.replace("journey", 3, f'id="{paragraph}"', 'id="p-zzzzzzzz"')
    for page in (desk, phone):
        go_on(page, books, "journey")
        near = paragraph_at_line(page)
        assert near in {"p-zzzzzzzz", neighbour(paragraph, -1), neighbour(paragraph, 1)}, near


def neighbour(paragraph: str, step: int) -> str:
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    number = 0
    for letter in paragraph[6:]:
        number = number * 32 + alphabet.index(letter)
    number += step
    return "p-aaaa" + "".join(alphabet[number // 32**k % 32] for k in (3, 2, 1, 0))


def test_without_an_account_this_browser_keeps_the_place(books: Library, page: Page) -> None:
    page.goto(books.url("/journey/2/"))
    scroll(page, 3000)
    paragraph = paragraph_at_line(page)
    page.goto(books.url("/journey/"))  # leaving keeps what was not sent yet
    expect(page.locator("#chapter-1")).to_have_class("read")
    expect(page.locator("#chapter-2")).to_have_class("here")
    expect(page.locator("#chapter-2 .length")).to_contain_text("min left")
    expect(page.locator("main .button-call")).to_have_text("Continue reading")
    follow(page)
    assert page.url.endswith(f"/journey/2/#{paragraph}")
    assert paragraph_at_line(page) == paragraph


def test_without_an_account_a_chapter_read_to_its_end_leads_to_the_next(
    books: Library, page: Page
) -> None:
    page.goto(books.url("/journey/1/#p-aaaaaaev"))
    scroll(page, 20_000)
    page.goto(books.url("/journey/"))
    expect(page.locator("#chapter-1")).to_have_class("read")
    expect(page.locator("#chapter-2")).to_have_class("here")
    follow(page)
    assert page.url == books.url("/journey/2/")
    page.goto(books.url("/journey/1/"))
    assert page.evaluate("scrollY") == 0  # read again, from its beginning


def test_a_chapter_opened_behind_others_moves_no_place(books: Library, page: Page) -> None:
    books.sign_in("behind", page)
    posted: list[str] = []
    page.on("request", lambda sent: posted.append(sent.url) if sent.method == "POST" else None)
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => true })")
    page.goto(books.url("/journey/3/"))
    page.evaluate("() => new Promise((done) => setTimeout(done, 2000))")  # longer than it waits
    page.goto(books.url("/journey/"))
    assert posted == []
    expect(page.locator("main .button-call")).to_have_text("Start reading")


def test_the_place_of_vertical_lines_is_found_again(books: Library, new_page: NewPage) -> None:
    name = "vertical"
    desk, phone = new_page(width=1280), new_page(width=360, height=740)
    books.sign_in(name, desk, phone)
    desk.goto(books.url("/journey-tate/1/"))
    read_to(desk, 2600)
    kept = books.kept_place(name, "journey-tate")
    go_on(phone, books, "journey-tate")
    assert is_in_view(phone, kept[1])
    first = phone.evaluate(
        "[...document.querySelectorAll('.text p')].find((p) => p.getBoundingClientRect().left < innerWidth - 5).id"
    )
    assert first == kept[1]
