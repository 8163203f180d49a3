"""The page of results: what stands on it, where it leads, and what it costs."""

from __future__ import annotations

import time
from urllib.parse import quote as quoted

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sites import site_map
from sites.books.models import Genre
from sites.books.search.find import SearchTooLong
from sites.links import host_url
from sites.main.search import LAST_PAGE
from tests.house import visitor
from tests.sites.books.search.texts import told
from tests.sites.main.factory import draft, make_book

pytestmark = pytest.mark.django_db
ANONYMOUS_LIMIT = 6  # queries


def search(asked: str, status: int = 200, **filters: str) -> str:
    answer = visitor("main").get("/books/", {"q": asked, **filters})
    assert answer.status_code == status
    html: str = answer.content.decode()
    return html


def test_the_found_sentence_leads_to_its_paragraph() -> None:
    told("salt", "The lanterns had run dry.", title="The Salt Road", author="Ina Sari")
    html = search("lantern")
    assert "The <mark>lanterns</mark> had run dry." in html
    assert f'href="{host_url("chapter", "read", "salt", 1)}#p-aaaaaaa1"' in html
    assert "Part 1" in html
    assert "1 book" in html


def test_titles_and_names_are_marked_and_markup_in_them_is_text() -> None:
    told("salt", "x", title="Salt <b>Roads</b>", author="Ina <i>Sari")
    html = search("road sari")
    assert "Salt &lt;b&gt;<mark>Roads</mark>&lt;/b&gt;" in html
    assert "Ina &lt;i&gt;<mark>Sari</mark>" in html


def test_without_a_sentence_the_opening_line_stands_there() -> None:
    make_book("salt", title="The Salt Road", opening_line="The sea had left.")
    html = search("salt")
    assert "<q><span" in html
    assert "The sea had left." in html


def test_words_and_filters_work_together() -> None:
    novel = Genre.objects.create(slug="novel", name_en="Novel", name_id="Novel")
    told("a", "walrus", language="en").genres.add(novel)
    told("b", "walrus", language="id").genres.add(novel)
    told("c", "walrus", language="en", is_complete=False)

    def slugs(**filters: str) -> set[str]:
        html = search("walrus", **filters)
        return {slug for slug in "abc" if f'href="/books/{slug}/"' in html}

    assert slugs() == {"a", "b", "c"}
    assert slugs(language="id") == {"b"}
    assert slugs(genre="novel") == {"a", "b"}
    assert slugs(genre="novel", language="en") == {"a"}
    assert slugs(running="1") == {"c"}
    assert slugs(genre="none") == set()


def test_a_misspelling_is_answered_with_a_question_and_the_books_meant() -> None:
    make_book("salt", title="The Salt Road", author="Ratih Sekarwangi", opening_line="It was.")
    html = search("sekarwnagi", language="en")
    assert 'Did you mean <a href="?q=Ratih%20Sekarwangi&amp;language=en">' in html
    assert 'href="/books/salt/"' in html
    assert "No book has these words" in html


def test_drafts_are_in_no_part_of_the_page() -> None:
    hidden = draft("hidden", title="The Walrus", author="Ina Heron", synopsis="An egret.")
    hidden.chapters.update(text='<p id="p-aaaaaaaa">osprey</p>', status="published")
    for word in ("walrus", "heron", "egret", "osprey", "walrsu", "ina hreon"):
        html = search(word)
        assert "No books match" in html, word
        assert "Walrus</" not in html
        assert "Heron</" not in html


def test_pages_follow_one_another_and_end() -> None:
    for number in range(13):
        told(f"b{number}", "walrus", title=f"Book {number}")
    html = search("walrus", language="en")
    assert 'rel="next" href="?q=walrus&amp;language=en&amp;page=2"' in html
    assert html.count('class="found-line"') == 12
    html = search("walrus", language="en", page="2")
    assert html.count('class="found-line"') == 1
    assert 'rel="next"' not in html
    for page in ("3", "0", "-1", "x", "9" * 30, str(LAST_PAGE + 1)):
        search("walrus", 404, page=page)


def test_a_search_that_takes_too_long_is_a_page_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def too_long(*_args: object, **_named: object) -> None:
        raise SearchTooLong

    monkeypatch.setattr("sites.main.search.find_books", too_long)
    assert "This search takes too long" in search("walrus")


def test_it_takes_six_queries_however_much_is_found() -> None:
    site_map.current()

    def cost(asked: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            search(asked)
        return len(captured)

    told("salt", "walrus", author="Ina Sari", title="Salt")
    few = cost("walrus")
    for number in range(20):
        told(f"b{number}", "walrus", "walrus heron", author=f"Sari {number}")
    assert few <= ANONYMOUS_LIMIT
    for asked in ("walrus", "walrus heron", "sari", "wlarus", "nothing"):
        assert cost(asked) <= ANONYMOUS_LIMIT, asked


@pytest.mark.parametrize(
    "asked",
    [
        "%00",
        "%ed%a0%80laut",
        "%ff%fe",
        quoted("a" * 10_000),
        quoted("word " * 1_000),
        quoted("%_%\\"),
        quoted("'a':* & !(b | <2>)"),
        quoted('"""---'),
        quoted("<script>alert(1)</script>"),
    ],
)
def test_hostile_words_are_answered(asked: str) -> None:
    told("salt", "walrus")
    begun = time.monotonic()
    answer = visitor("main").get(f"/books/?q={asked}")
    assert answer.status_code == 200
    assert b"<script>alert" not in answer.content
    assert time.monotonic() - begun < 5  # one second is promised; this machine may be busy
