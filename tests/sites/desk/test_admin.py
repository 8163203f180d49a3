"""What a browser never sends, and others do: odd keys, odd searches, odd forms."""

from __future__ import annotations

import pytest
from django.test import Client

from sites.books.models import Book, Chapter
from tests.sites.desk.people import SmallHouse

ODD_QUERIES = (
    "q=%00",
    "p=0",
    "p=-1",
    "p=x",
    "p=99999999999999999999",
    "o=x",
    "o=99",
    "all=",
    "e=1",
    "status__exact=nope",
    "book__id__exact=x",
    "genres__id__exact=99999999999999999999",
    "_popup=1",
    "_to_field=x",
    "password__startswith=a",
    "authors__user__password__startswith=a",
)


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_lists_take_odd_questions(house: SmallHouse, query: str) -> None:
    for key, path in (
        ("publish", "/books/book/"),
        ("publish", "/books/chapter/"),
        ("internal", "/accounts/user/"),
        ("internal", "/books/tag/"),
    ):
        answer = house.visitor(key, "superuser").get(f"{path}?{query}")
        assert answer.status_code in (200, 302, 400, 403, 404), (key, path)


@pytest.mark.parametrize("key", ["x", "0", "-1", "99999999999999999999", "1,2", "é", "٣"])
def test_forms_take_odd_keys(house: SmallHouse, key: str) -> None:
    client = house.visitor("publish", "editor")
    assert client.get("/books/chapter/add/", {"book": key}).status_code == 200
    assert (
        client.get("/books/book/add/", {"genres": key, "tags": f"{key},{key}"}).status_code == 200
    )
    sent = {"book": key, "title": "x", "text": "x", "status": "x", "publish_at_0": "x"}
    assert client.post("/books/chapter/add/", sent).status_code == 200
    sent = {"title": "x", "genres": [key], "tags": [key], "slug": "é", "language": "\x00"}
    assert client.post("/books/book/add/", sent).status_code == 200
    rows = {
        "authorships-TOTAL_FORMS": "1",
        "authorships-INITIAL_FORMS": "0",
        "authorships-0-author": key,
        "authorships-0-role": key,
        "authorships-0-position": key,
    }
    assert client.post("/books/book/add/", sent | rows).status_code == 200
    assert (Book.objects.count(), Chapter.objects.count()) == (2, 2)


def test_a_form_may_be_empty_or_nonsense(house: SmallHouse) -> None:
    root = house.visitor("internal", "superuser")
    person = house.people["reader"]
    for path in (
        f"/accounts/user/{person.pk}/change/",
        f"/books/book/{house.own.pk}/change/",
        f"/books/chapter/{house.chapter.pk}/change/",
        f"/books/author/{house.own.authors.get().pk}/change/",
    ):
        for sent in ({}, {"roles": "x", "email": "x", "version": "\x00", "user": "x"}):
            assert root.post(path, sent).status_code == 200, path


def test_nothing_is_done_to_many_rows_at_once(house: SmallHouse) -> None:
    root = house.visitor("internal", "superuser")
    root.post(
        "/books/book/",
        {"action": "delete_selected", "_selected_action": [house.own.pk], "post": "yes"},
    )
    assert Book.objects.count() == 2


def search(client: Client, term: str) -> str:
    """What the search page shows of its own; the dialog's rows show the same."""
    sent = {"s": term, "extended": "1", "page": "x"}
    page, rows = (
        client.get("/search/", sent, headers=headers) for headers in ({}, {"HX-Request": "true"})
    )
    assert (page.status_code, rows.status_code) == (200, 200)
    assert page.context["results"] == rows.context["results"]
    return rows.content.decode()


def test_the_search_finds_what_one_may_open(house: SmallHouse) -> None:
    assert "Laut" in search(house.visitor("publish", "author"), "la")
    assert "Danau" not in search(house.visitor("publish", "author"), "an")
    assert "Danau" in search(house.visitor("publish", "editor"), "danau")
    assert "reader@" not in search(house.visitor("internal", "moderator"), "reader")
    assert "Reader" in search(house.visitor("internal", "support"), "reader")


@pytest.mark.parametrize("term", ["", "a", "x" * 5000, "\x00\x00", "%_\\", '"', "'"])
def test_the_search_takes_odd_terms(house: SmallHouse, term: str) -> None:
    search(house.visitor("internal", "superuser"), term)


def test_the_search_shows_a_few_of_each_kind(house: SmallHouse) -> None:
    Book.objects.bulk_create(Book(title=f"Kopi {n}", slug=f"kopi-{n}") for n in range(30))
    assert search(house.visitor("publish", "editor"), "kopi").count("<li") == 5
