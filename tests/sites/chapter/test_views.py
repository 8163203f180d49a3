"""The reading room's pages, as readers with and without an account get them."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from sites.accounts.roles import EDITOR
from sites.books.models import Book, Chapter, ReadingProgress, Status
from sites.books.reading import CONTENTS_LIMIT
from tests.house import visitor
from tests.sites.chapter.library import (
    be_at,
    hide,
    make_author,
    make_book,
    make_chapters,
    make_reader,
    page_of,
    paragraph_id,
    signed_in,
)

pytestmark = pytest.mark.django_db

ANONYMOUS_QUERIES, SIGNED_IN_QUERIES = 6, 12  # architecture.md, "Numbers"


@pytest.fixture
def chapters() -> list[Chapter]:
    return make_chapters(make_book(), 3)


@pytest.fixture
def guest() -> Client:
    return visitor("chapter")


# --- The reader -----------------------------------------------------------------------------------


def test_a_chapter_stands_with_its_language_and_direction(guest: Client) -> None:
    book = make_book("bahr", language="ar", direction="rtl", title="البحر")
    make_chapters(book, 2)
    page = page_of(guest, "/bahr/1/")
    assert '<article class="chapter" lang="ar" dir="rtl">' in page
    assert re.search(r'class="reading-line" id="line" dir="rtl"', page)
    assert '<html lang="en" dir="ltr"' in page
    assert f'<p id="{paragraph_id(1)}">Paragraph 1' in page


def test_vertical_lines_run_from_the_right(guest: Client) -> None:
    make_chapters(make_book("neko", language="ja", writing_mode="vertical-rl"), 1)
    page = page_of(guest, "/neko/1/")
    assert 'data-writing="vertical-rl"' in page
    assert re.search(r'id="line" dir="rtl"', page)


def test_previous_and_next_skip_hidden_chapters(guest: Client, chapters: list[Chapter]) -> None:
    hide(chapters[1])
    first, last = page_of(guest, "/the-sea/1/"), page_of(guest, "/the-sea/3/")
    assert 'rel="next" href="/the-sea/3/"' in first
    assert 'rel="prev" href="/the-sea/1/"' in last
    assert "/the-sea/2/" not in first + last


def test_the_last_chapter_leads_to_the_book_and_to_something_next(
    guest: Client, chapters: list[Chapter]
) -> None:
    make_book("another-book")
    page = page_of(guest, "/the-sea/3/")
    assert "come to the end of this book" in page
    assert f'href="http://{settings.HOST_NAMES.domains["main"]}/books/the-sea/"' in page
    assert f'href="http://{settings.HOST_NAMES.domains["main"]}/books/another-book/"' in page
    Book.objects.filter(slug="the-sea").update(is_complete=False)
    assert "still being written" in page_of(guest, "/the-sea/3/")


@pytest.mark.parametrize(
    "path", ["/the-sea/4/", "/the-sea/0/", "/the-sea/99999999999/", "/no-book/1/", "/no-book/"]
)
def test_what_is_missing_is_not_found(guest: Client, chapters: list[Chapter], path: str) -> None:
    assert "404" in page_of(guest, path, 404)


def test_drafts_are_read_by_their_authors_and_editors_alone(
    guest: Client, chapters: list[Chapter]
) -> None:
    hide(chapters[1])
    strangers = [
        guest,
        signed_in(make_reader()),
        signed_in(make_author(make_book("other"), "x@y.org")),
    ]
    for client in strangers:
        assert client.get("/the-sea/2/").status_code == 404
        assert "Piece 2" not in page_of(client, "/the-sea/")
    for user in (make_author(chapters[0].book), make_reader("editor@example.org", EDITOR)):
        response = signed_in(user).get("/the-sea/2/")
        assert response.status_code == 200
        assert "Draft" in response.content.decode()
        assert response["Cache-Control"] == "no-store"
        assert signed_in(user).get("/the-sea/")["Cache-Control"] == "no-store"


def test_a_book_in_draft_hides_its_published_chapters(
    guest: Client, chapters: list[Chapter]
) -> None:
    Book.objects.update(status=Status.DRAFT)
    assert guest.get("/the-sea/1/").status_code == 404
    response = signed_in(make_author(chapters[0].book)).get("/the-sea/1/")
    assert "Draft" in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_a_published_chapter_is_not_marked(guest: Client, chapters: list[Chapter]) -> None:
    response = guest.get("/the-sea/1/")
    assert "Draft" not in response.content.decode()
    assert "no-store" not in response.get("Cache-Control", "")


def test_the_reader_finds_the_place_in_the_page(chapters: list[Chapter]) -> None:
    reader = make_reader()
    be_at(reader, chapters[1], 0.4)
    here = page_of(signed_in(reader), "/the-sea/2/")
    assert f'data-paragraph="{paragraph_id(2)}" data-fraction="0.400000"' in here
    assert 'data-place-url="/the-sea/2/place/"' in here
    assert "data-paragraph" not in page_of(signed_in(reader), "/the-sea/1/")


def test_a_book_with_its_own_numbers_is_not_numbered_twice(
    guest: Client, chapters: list[Chapter]
) -> None:
    assert "Chapter 2" in page_of(guest, "/the-sea/2/")
    Chapter.objects.filter(pk=chapters[2].pk).update(title="Chapter 1. Loomings.")
    page = page_of(guest, "/the-sea/2/").partition("<body")[2]
    assert "Chapter 2" not in page
    assert "2 of 3" in page


def test_reading_a_page_writes_nothing(chapters: list[Chapter]) -> None:
    page_of(signed_in(make_reader()), "/the-sea/1/")
    assert not ReadingProgress.objects.exists()


def test_the_page_needs_no_inline_style_or_script(guest: Client, chapters: list[Chapter]) -> None:
    page = page_of(guest, "/the-sea/1/")
    assert " style=" not in page
    assert not re.search(r"\son[a-z]+=", page)
    scripts = re.findall(r"<script[^>]*>", page)
    # Linked data is read and not run.
    assert all('src="' in tag or 'type="application/ld+json"' in tag for tag in scripts)


# --- Contents and the first page ------------------------------------------------------------------


def test_contents_mark_what_is_read_and_where_the_reader_is(chapters: list[Chapter]) -> None:
    reader = make_reader()
    be_at(reader, chapters[1], 0.4)
    page = page_of(signed_in(reader), "/the-sea/")
    rows = re.findall(r'<li id="chapter-(\d)"[^>]*?(?: class="(\w+)")?>', page)
    assert rows == [("1", "read"), ("2", "here"), ("3", "")]
    assert "continue, 3 min left" in page
    assert page.count(f'href="/the-sea/2/#{paragraph_id(2)}"') == 2  # the button and the row
    assert ">read<" in page  # never by colour alone


def test_contents_begin_for_those_without_a_place(guest: Client, chapters: list[Chapter]) -> None:
    hide(chapters[0])
    page = page_of(guest, "/the-sea/")
    assert "Start reading" in page
    assert 'id="start" href="/the-sea/2/"' in page
    assert "aria-current" not in page.partition("<main")[2].partition("<footer")[0]


def test_a_finished_book_can_be_read_again(chapters: list[Chapter]) -> None:
    reader = make_reader()
    be_at(reader, chapters[2], 1.0)
    page = page_of(signed_in(reader), "/the-sea/")
    assert "Read again" in page
    assert page.count('class="read"') == 3


def test_long_contents_come_in_pages(guest: Client) -> None:
    make_chapters(make_book(), CONTENTS_LIMIT + 5)
    first, second = page_of(guest, "/the-sea/"), page_of(guest, "/the-sea/?page=2")
    assert first.count('<li id="chapter-') == CONTENTS_LIMIT
    assert second.count('<li id="chapter-') == 5
    assert 'href="?page=2"' in first
    reading = page_of(guest, f"/the-sea/{CONTENTS_LIMIT + 1}/")
    assert f'href="/the-sea/?page=2#chapter-{CONTENTS_LIMIT + 1}"' in reading
    for odd in ("0", "-3", "x", "9" * 400, "²", "99"):
        assert guest.get("/the-sea/", {"page": odd}).status_code == 200


def test_a_book_without_chapters_says_so(guest: Client) -> None:
    make_book()
    assert "not out yet" in page_of(guest, "/the-sea/")


def test_the_first_page_continues_and_shows_what_is_new(
    guest: Client, chapters: list[Chapter]
) -> None:
    assert "Piece 3" in page_of(guest, "/")
    assert "and 2 more chapters" in page_of(guest, "/")
    reader = make_reader()
    assert "Continue reading" not in page_of(signed_in(reader), "/")
    be_at(reader, chapters[1], 0.4)
    page = page_of(signed_in(reader), "/")
    assert "Continue reading" in page
    assert f'href="/the-sea/2/#{paragraph_id(2)}"' in page
    assert "Chapter 2, 3 min left" in page


def test_an_empty_house_says_so(guest: Client) -> None:
    assert "Nothing to read yet" in page_of(guest, "/")


# --- Queries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 40])
@pytest.mark.parametrize("path", ["/", "/book-0/", "/book-0/1/", "/book-0/{last}/"])
def test_pages_take_few_queries_however_many_rows(
    path: str, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    reader = make_reader()
    for number in range(count):
        chapters = make_chapters(make_book(f"book-{number}", author="someone"), count)
        link = f'<p id="{paragraph_id(1)}"><a href="chapter:{chapters[0].uid}">There</a></p>'
        Chapter.objects.filter(book=chapters[0].book).update(text=link)
        be_at(reader, chapters[-1 if number else 0], 1.0 if number % 2 else 0.3)
    path = path.format(last=count)
    guest, member = visitor("chapter"), signed_in(reader)
    guest.get(
        "/robots.txt"
    )  # the map of hosts is read once a minute, by whichever page comes first
    with django_assert_max_num_queries(ANONYMOUS_QUERIES):
        assert guest.get(path).status_code == 200
    with django_assert_max_num_queries(SIGNED_IN_QUERIES):
        assert member.get(path).status_code == 200
