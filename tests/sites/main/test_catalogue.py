"""What is asked of the catalogue, and which books answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from sites.books.models import Book, Genre
from sites.main.catalogue import (
    BOOKS_PER_PAGE,
    LONGEST_SEARCH,
    CatalogueQuery,
    cards_page,
    languages,
)
from tests.sites.main.factory import draft, make_book


def slugs(**values: str) -> set[str]:
    return {book.slug for book in CatalogueQuery.parse(values).books(timezone.now())}


@pytest.mark.django_db
def test_filters_narrow_each_other() -> None:
    novel = Genre.objects.create(slug="novel", name_en="Novel", name_id="Novel")
    make_book("a", language="id").genres.add(novel)
    make_book("b", language="en").genres.add(novel)
    make_book("c", language="en", is_complete=False)
    assert slugs(language="en") == {"b", "c"}
    assert slugs(genre="novel") == {"a", "b"}
    assert slugs(genre="novel", language="en") == {"b"}
    assert slugs(running="1") == {"c"}
    assert slugs(genre="unknown") == set()
    assert not CatalogueQuery.parse({"q": "laut"}).is_filtered
    assert CatalogueQuery.parse({"q": "laut", "running": "1"}).is_filtered


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"q": "  laut \x00  yang\n"}, CatalogueQuery(text="laut yang")),
        ({"q": "a" * 500}, CatalogueQuery(text="a" * LONGEST_SEARCH)),
        ({"q": " " * 10_000 + "laut"}, CatalogueQuery()),
        ({"q": "la\ud800ut \udfff"}, CatalogueQuery(text="laut")),
        ({"language": "'; --", "genre": "../x", "running": "yes"}, CatalogueQuery()),
        ({"language": "xx-" * 50}, CatalogueQuery()),
        (
            {"language": "zh-Hant", "genre": "fiksi-ilmiah"},
            CatalogueQuery("", "zh-Hant", "fiksi-ilmiah"),
        ),
    ],
)
def test_what_cannot_be_a_value_of_ours_counts_as_not_asked(
    values: dict[str, str], expected: CatalogueQuery
) -> None:
    assert CatalogueQuery.parse(values) == expected


def test_a_query_is_the_same_after_a_round_through_an_address() -> None:
    query = CatalogueQuery("laut & pasir", "id", "novel", running=True)
    assert query.parameters() == "q=laut+%26+pasir&language=id&genre=novel&running=1"
    assert CatalogueQuery().parameters() == ""
    assert bool(query)
    assert not CatalogueQuery()


@pytest.mark.django_db
def test_the_languages_offered_are_those_of_published_books() -> None:
    make_book("a", language="id")
    make_book("b", language="en")
    make_book("c", language="id")
    draft("d", language="ar")
    assert languages(timezone.now()) == ["en", "id"]


@pytest.mark.django_db
def test_pages_hold_their_number_of_books_the_newest_first() -> None:
    now = timezone.now()
    for number in range(BOOKS_PER_PAGE + 1):
        make_book(f"b{number}", chapters=1, publish_at=now - timedelta(days=number + 1))
    books = Book.objects.published(now).newest_first()
    assert [book.slug for book in cards_page(books, "2", now)] == [f"b{BOOKS_PER_PAGE}"]
    assert cards_page(books, "", now)[0].slug == "b0"


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["0", "-1", "3", "x", "é", "9" * 30, "1.5"])
def test_a_page_that_is_not_there_is_404(number: str) -> None:
    make_book("one")
    now = timezone.now()
    with pytest.raises(Http404):
        cards_page(Book.objects.published(now).newest_first(), number, now)
