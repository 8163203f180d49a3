"""The place is found again, exactly, in another browser, at another width and size of text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import NewPage
from tests.journeys.reading_books import (
    change_text,
    is_in_view,
    is_place_kept,
    kept_place,
    make_books,
    paragraph_at_line,
    scroll,
    sign_in_as,
)
from tests.journeys.server import House

pytestmark = pytest.mark.journey

LIMIT = 15_000  # ms; a place is sent a second and a half after the last move


@pytest.fixture(scope="module")
def books(house: House) -> House:
    make_books(house)
    return house


def read_to(page: Page, distance: int) -> str:
    """Scroll, wait until the place is kept, and give its paragraph."""
    with page.expect_response(is_place_kept, timeout=LIMIT) as kept:
        scroll(page, distance)
    assert kept.value.status == 204
    return paragraph_at_line(page)


def go_on(page: Page, house: House, slug: str) -> None:
    """Open the contents and go on reading from there."""
    page.goto(house.url("chapter", f"/{slug}/"))
    page.locator("main .button-call").click()
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready.then(() => 1)")
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def set_size(page: Page, house: House, size: int) -> None:
    page.context.add_cookies(
        [
            {
                "name": "esensi-local-reading",
                "value": f".literata.{size}.wide",
                "domain": ".esensi.localhost",
                "path": "/",
            }
        ]
    )


def test_the_place_is_found_again_in_another_browser_to_the_paragraph(
    books: House, new_page: NewPage
) -> None:
    email = "two-browsers@example.org"
    desk, phone = new_page(width=1280), new_page(width=360, height=740)
    for page in (desk, phone):
        sign_in_as(page, books, email)

    desk.goto(books.url("chapter", "/journey/2/"))
    paragraph = read_to(desk, 5200)
    assert paragraph not in ("", "p-aaaaaaab")
    kept = kept_place(books, email, "journey")
    assert kept is not None
    assert kept[:2] == (2, paragraph)

    go_on(phone, books, "journey")
    assert phone.url.endswith(f"/journey/2/#{paragraph}")
    assert paragraph_at_line(phone) == paragraph
    # Arriving is not reading: leaving again keeps the very same place.
    phone.goto(books.url("chapter", "/journey/"))
    assert kept_place(books, email, "journey") == kept

    go_on(phone, books, "journey")
    on_the_phone = read_to(phone, 3000)
    assert on_the_phone != paragraph
    go_on(desk, books, "journey")
    assert paragraph_at_line(desk) == on_the_phone


def test_the_place_survives_another_size_of_text(books: House, new_page: NewPage) -> None:
    first, second = new_page(width=768), new_page(width=1280)
    paragraphs = []
    for page, size in ((first, 16), (second, 26)):
        set_size(page, books, size)
        sign_in_as(page, books, "two-sizes@example.org")
        # The account's settings would hold otherwise.
        page.goto(books.url("chapter", "/journey/1/"))
        page.evaluate("(size) => { document.getElementById('reader').dataset.size = size }", size)
    paragraphs.append(read_to(first, 4000))
    go_on(second, books, "journey")
    second.evaluate("document.getElementById('reader').dataset.size = 26")
    paragraphs.append(paragraph_at_line(second))
    assert paragraphs[0] == paragraphs[1]


def test_a_place_on_the_last_screen_stays_in_view_and_is_not_moved(
    books: House, new_page: NewPage
) -> None:
    email = "last-screen@example.org"
    desk, phone = new_page(width=1280), new_page(width=360, height=740)
    for page in (desk, phone):
        sign_in_as(page, books, email)
    phone.goto(books.url("chapter", "/journey/1/#p-aaaaaaev"))  # paragraph 149 of 150
    paragraph = read_to(phone, 60)
    kept = kept_place(books, email, "journey")
    assert kept is not None
    assert kept[1] == paragraph
    assert kept[2] < 1
    go_on(desk, books, "journey")
    assert is_in_view(desk, paragraph)
    desk.goto(books.url("chapter", "/journey/"))
    assert kept_place(books, email, "journey") == kept


def test_reading_to_the_end_leads_to_the_next_chapter(books: House, new_page: NewPage) -> None:
    email = "to-the-end@example.org"
    page = new_page()
    sign_in_as(page, books, email)
    page.goto(books.url("chapter", "/journey/1/#p-aaaaaaev"))
    with page.expect_response(is_place_kept, timeout=LIMIT):
        scroll(page, 20_000)
    expect(page.locator("#left")).to_have_text("read to the end")
    kept = kept_place(books, email, "journey")
    assert kept is not None
    assert kept[2] == 1
    go_on(page, books, "journey")
    assert page.url.endswith("/journey/2/")


def test_where_the_paragraph_has_gone_the_fraction_stands_in(
    books: House, new_page: NewPage
) -> None:
    email = "vanished@example.org"
    desk, phone = new_page(width=1280), new_page(width=360, height=740)
    for page in (desk, phone):
        sign_in_as(page, books, email)
    desk.goto(books.url("chapter", "/journey/3/"))
    paragraph = read_to(desk, 6000)
    change_text(books, "journey", 3, f'id="{paragraph}"', 'id="p-zzzzzzzz"')
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


def test_without_an_account_this_browser_keeps_the_place(books: House, page: Page) -> None:
    page.goto(books.url("chapter", "/journey/2/"))
    scroll(page, 3000)
    paragraph = paragraph_at_line(page)
    page.goto(books.url("chapter", "/journey/"))  # leaving keeps what was not sent yet
    expect(page.locator("#chapter-1")).to_have_class("read")
    expect(page.locator("#chapter-2")).to_have_class("here")
    expect(page.locator("#chapter-2 .length")).to_contain_text("min left")
    page.get_by_role("link", name="Continue reading").click()
    assert page.url.endswith(f"/journey/2/#{paragraph}")
    assert paragraph_at_line(page) == paragraph


def test_the_place_of_vertical_lines_is_found_again(books: House, new_page: NewPage) -> None:
    email = "vertical@example.org"
    desk, phone = new_page(width=1280), new_page(width=360, height=740)
    for page in (desk, phone):
        sign_in_as(page, books, email)
    desk.goto(books.url("chapter", "/journey-tate/1/"))
    read_to(desk, 2600)
    kept = kept_place(books, email, "journey-tate")
    assert kept is not None
    go_on(phone, books, "journey-tate")
    assert is_in_view(phone, kept[1])
    first = phone.evaluate(
        "[...document.querySelectorAll('.text p')].find((p) => p.getBoundingClientRect().left < innerWidth - 5).id"
    )
    assert first == kept[1]
