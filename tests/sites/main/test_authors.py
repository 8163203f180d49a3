"""Names on published covers, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sites.accounts.actions import create_user
from sites.books.models import Author, Authorship, Book
from sites.main.authors import AUTHORS_PER_PAGE, LAST_PAGE, author_with_books, names_page
from tests.house import visitor
from tests.sites.main.factory import draft, make_book

pytestmark = pytest.mark.django_db


def make_names(count: int, book: Book) -> None:
    """``count`` people on one cover, whose names are in the order of their numbers."""
    authors = Author.objects.bulk_create(
        Author(name=f"Nama {number:06}", slug=f"nama-{number}") for number in range(count)
    )
    Authorship.objects.bulk_create(Authorship(book=book, author=author) for author in authors)


def test_names_come_in_order_with_the_number_of_books_that_are_out() -> None:
    book = make_book("laut", author="Ratih")
    Authorship.objects.create(
        book=book, author=Author.objects.get(), role=Authorship.Role.ILLUSTRATOR
    )
    make_book("angin", author="Ratih")
    draft("rahasia", author="Ratih")
    make_book("kopi", author="Laras")
    draft("kelak", author="Belum Terbit")
    Author.objects.create(name="Tanpa Buku", slug="tanpa-buku")
    page = names_page("", timezone.now())
    assert [(a.name, a.slug, a.book_count) for a in page.names] == [
        ("Laras", "laras", 1),
        ("Ratih", "ratih", 2),
    ]
    assert (page.has_previous, page.has_next, page.last_name) == (False, False, "Ratih")


def test_every_name_stands_on_one_page_and_the_pages_lead_to_one_another() -> None:
    make_names(2 * AUTHORS_PER_PAGE + 1, make_book("laut"))
    now = timezone.now()
    pages = [names_page(number, now) for number in ("1", "2", "3")]
    names = [author.name for page in pages for author in page.names]
    assert names == [f"Nama {number:06}" for number in range(2 * AUTHORS_PER_PAGE + 1)]
    assert [(page.has_previous, page.has_next) for page in pages] == [
        (False, True),
        (True, True),
        (True, False),
    ]


def test_a_page_that_is_just_full_is_the_last() -> None:
    make_names(AUTHORS_PER_PAGE, make_book("laut"))
    assert not names_page("1", timezone.now()).has_other_pages


@pytest.mark.parametrize(
    "number", ["0", "-1", "2", "x", "1.5", str(LAST_PAGE + 1), "9" * 30, "9" * 5000]
)
def test_a_page_that_is_not_there_is_a_404(number: str) -> None:
    make_book("laut", author="Ratih")
    with pytest.raises(Http404):
        names_page(number, timezone.now())


def test_a_page_says_from_which_name_to_which_it_goes() -> None:
    make_names(AUTHORS_PER_PAGE + 2, make_book("laut"))
    html = visitor("main").get("/authors/?page=2").content.decode()
    assert "<bdi>Nama 000120</bdi> – <bdi>Nama 000121</bdi>" in html
    assert 'rel="prev" href="?page=1"' in html
    assert 'rel="next"' not in html


def test_names_are_read_in_the_order_of_an_index_and_no_further_than_the_page() -> None:
    book = make_book("laut")
    make_names(20 * AUTHORS_PER_PAGE, book)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE books_author, books_authorship, books_book")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        names_page("1", timezone.now())
    assert len(asked) == 2
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {asked[0]['sql']}")
        [[plan]] = cursor.fetchone()
    scans = [node for node in _nodes(plan["Plan"]) if node.get("Relation Name") == "books_author"]
    assert [node["Index Name"] for node in scans] == ["books_author_by_name"]
    assert scans[0]["Actual Rows"] <= 2 * AUTHORS_PER_PAGE


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", []) for node in _nodes(child))]


def test_a_name_on_drafts_alone_is_not_public() -> None:
    draft("kelak", author="Belum Terbit")
    Author.objects.create(name="Tanpa Buku", slug="tanpa-buku")
    for slug in ("belum-terbit", "tanpa-buku", "tidak-ada"):
        with pytest.raises(Http404):
            author_with_books(slug, AnonymousUser(), timezone.now())


def test_an_author_sees_their_own_drafts_on_their_page() -> None:
    writer = create_user("writer@example.com", password=None, roles=["author"])
    hidden = draft("kelak", author="Dewi")
    Author.objects.update(user=writer)
    author, books = author_with_books("dewi", writer, timezone.now())
    assert author.name == "Dewi"
    assert list(books) == [hidden]
