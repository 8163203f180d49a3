"""The shop window's pages as a browser gets them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from sites.accounts.actions import create_user
from sites.books.models import Author, Genre, ReadingProgress
from sites.links import host_url
from tests.house import visitor
from tests.sites.main.factory import draft, make_book

pytestmark = pytest.mark.django_db


def page(path: str, status: int = 200) -> str:
    answer = visitor("main").get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_house_opens_on_the_first_line_with_its_stop_in_red() -> None:
    make_book("laut", title="Laut", author="Ratih", opening_line="Laut tidak pernah lupa.")
    html = page("/")
    assert 'Laut tidak pernah lupa<i class="point">.</i>' in html
    assert host_url("chapter", "read", "laut", 1) in html


def test_an_empty_house_is_a_page_too() -> None:
    assert "Every book begins with one sentence" in page("/")
    assert "The shelves are still empty" in page("/books/")
    assert "No names yet" in page("/authors/")


def test_a_search_marks_what_was_found_and_escapes_what_was_asked() -> None:
    make_book("laut", title="Laut <b>biru</b>", opening_line="Di laut, di laut.")
    html = page("/books/?q=LAUT")
    assert "<mark>Laut</mark> &lt;b&gt;biru" in html
    assert "Di <mark>laut</mark>, di <mark>laut</mark>." in html
    html = page("/books/?q=<script>alert(1)</script>")
    assert "<script>alert" not in html
    assert "No books match" in html


def test_paging_keeps_what_was_asked() -> None:
    now = timezone.now()
    for number in range(25):
        make_book(
            f"b{number}",
            chapters=0,
            is_complete=False,
            publish_at=now - timedelta(hours=number + 1),
        )
    html = page("/books/?language=en&running=1")
    assert 'rel="next" href="?language=en&amp;running=1&amp;page=2"' in html
    html = page("/books/?language=en&running=1&page=2")
    assert 'rel="prev" href="?language=en&amp;running=1&amp;page=1"' in html
    assert (
        f'<link rel="canonical" href="{host_url("main", "books")}?language=en&amp;running=1&amp;page=2">'
        in html
    )
    for path in ("/books/?page=3", "/books/?page=0", "/books/?page=x", "/authors/?page=2"):
        page(path, status=404)


def test_hidden_missing_and_unknown_are_the_same_404() -> None:
    draft("rahasia", author="Belum Terbit")
    answers = {
        re.sub(
            r'csrfmiddlewaretoken" value="\w+"|next[^"]*"|value="/[^"]*"',
            "",
            page(path, status=404),
        )
        for path in ("/books/rahasia/", "/books/tidak-ada/")
    }
    assert len(answers) == 1
    for path in ("/authors/belum-terbit/", "/authors/x/", "/genres/x/", "/x/"):
        page(path, status=404)


def test_the_books_page_speaks_the_books_language_and_direction() -> None:
    make_book(
        "bahr", title="البحر", language="ar", direction="rtl", synopsis="في جزيرة.\n\nكل اسم."
    )
    html = page("/books/bahr/")
    assert '<h1 class=""><span lang="ar" dir="rtl">البحر</span></h1>' in html
    assert '<div class="blurb" lang="ar" dir="rtl"><p>في جزيرة.</p>\n\n<p>كل اسم.</p></div>' in html
    assert '<html lang="en" dir="ltr"' in html


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "x" * 300},
        {"title": "Kata " * 60, "opening_line": "Baris " * 50, "subtitle": "y" * 300},
        {"chapters": 0, "is_complete": False},
        {"synopsis": "</style><script>alert(1)</script>", "title": '"><img src=x>'},
        {"language": "xx-unknown"},
    ],
)
def test_odd_books_are_pages_too(fields: dict[str, object]) -> None:
    make_book("odd", **fields)  # type: ignore[arg-type]
    for path in ("/", "/books/", "/books/odd/", "/books/?q=x"):
        html = page(path)
        assert "<script>alert" not in html
        assert "<img src=x>" not in html


def test_a_malformed_ground_never_reaches_the_stylesheet() -> None:
    make_book("good", cover_ground="#F0B429")
    assert ":root{--cover:#F0B429}" in page("/books/good/")
    make_book("bad", cover_ground="red}a{")
    assert ":root{--cover:#FCFBF8}" in page("/books/bad/")


def test_a_reader_goes_on_where_they_were() -> None:
    reader = create_user("reader@example.com", password=None)
    book = make_book("laut", chapters=3)
    ReadingProgress.objects.create(
        user=reader,
        book=book,
        chapter=book.chapters.get(number=2),
        paragraph="p-bbbbbbbb",
        fraction=0.25,
    )
    client = visitor("main")
    client.force_login(reader)
    place = host_url("chapter", "read", "laut", 2) + "#p-bbbbbbbb"
    html = client.get("/books/laut/").content.decode()
    assert f'<a class="button button-call" href="{place}">Continue reading</a>' in html
    assert 'class="here"' in html
    assert place in client.get("/").content.decode()


def test_drafts_tell_their_author_that_readers_see_nothing() -> None:
    writer = create_user("writer@example.com", password=None, roles=["author"])
    draft("kelak", author="Dewi")
    Author.objects.update(user=writer)
    client = visitor("main")
    client.force_login(writer)
    html = client.get("/books/kelak/").content.decode()
    assert "Readers do not see this page yet" in html
    assert '<meta name="robots" content="noindex">' in html


def test_genres_and_authors_lead_to_their_books() -> None:
    book = make_book("laut", author="Ratih Sekarwangi", title="Laut Biru")
    book.genres.add(Genre.objects.create(slug="novel", name_en="Novel", name_id="Novel"))
    Genre.objects.create(slug="empty", name_en="Empty", name_id="Kosong")
    assert "Laut Biru" in page("/genres/novel/")
    assert "Nothing on this shelf yet" in page("/genres/empty/")
    assert "Laut Biru" in page("/authors/ratih-sekarwangi/")
    assert "/authors/ratih-sekarwangi/" in page("/authors/")
    assert "/genres/novel/" in page("/books/laut/")


def test_pages_are_only_read() -> None:
    make_book("laut")
    for path in ("/", "/books/", "/books/laut/", "/authors/"):
        assert visitor("main").post(path).status_code == 405
        assert visitor("main").head(path).status_code == 200
