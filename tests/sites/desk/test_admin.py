"""What a browser never sends, and others do: odd keys, odd searches, odd forms."""

from __future__ import annotations

from typing import Any

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
    "title__regex=(",
    "title__exact=%00",
    "name__regex=(",
    "status__exact=%00",
    "is_active__exact=%00",
    "groups__id__exact=%00",
    "email__exact=%00",
    "updated_at__year=99999999",
    "date_joined__year=99999999",
    "%00=x",
)

FILTERED_LISTS = ("/books/book/", "/books/chapter/", "/accounts/user/")


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


@pytest.mark.parametrize(
    "question",
    [
        "email__exact=superuser@contoh.example&password__regex=^",
        "password__startswith=",
        "password=x",
        "password__isnull=0",
        "groups__user__password__startswith=",
        "last_login__isnull=1",
    ],
)
@pytest.mark.parametrize("role", ["support", "operator", "manager", "superuser"])
def test_the_address_asks_nothing_about_passwords(
    house: SmallHouse, role: str, question: str
) -> None:
    client = house.visitor("internal", role)
    assert client.get("/accounts/user/").status_code == 200
    assert client.get(f"/accounts/user/?{question}").status_code == 400


def test_no_list_is_searched_by_password(house: SmallHouse) -> None:
    from sites.internal.site import site as internal
    from sites.publish.site import site as publish

    searched = [
        (desk, field)
        for site in (internal, publish)
        for desk in site._registry.values()
        for field in desk.search_fields
    ]
    assert searched
    assert not [found for found in searched if "password" in found[1]]


@pytest.mark.parametrize("path", FILTERED_LISTS)
def test_filters_of_the_list_are_asked_by_the_address(house: SmallHouse, path: str) -> None:
    client = house.visitor("internal", "superuser")
    rows = client.get(path).context["cl"]
    assert rows.filter_specs
    for spec in rows.filter_specs:
        for choice in spec.choices(rows):
            answer = client.get(path + choice["query_string"])
            assert answer.status_code == 200, (path, choice)


def test_links_between_lists_are_answered(house: SmallHouse) -> None:
    client = house.visitor("publish", "editor")
    asked: tuple[tuple[str, dict[str, Any], Any], ...] = (
        ("/books/chapter/", {"book__id__exact": house.own.pk}, house.chapter),
        ("/books/revision/", {"chapter__id__exact": house.chapter.pk}, house.revision),
        ("/books/chapter/", {"status__exact": "draft"}, house.chapter),
    )
    for path, question, wanted in asked:
        answer = client.get(path, question)
        assert answer.status_code == 200, path
        assert wanted in answer.context["cl"].result_list


@pytest.mark.parametrize("term", ["\x00", "a\x00b", "x" * 5000])
def test_choosing_from_a_long_list_takes_odd_terms(house: SmallHouse, term: str) -> None:
    asked = {"app_label": "books", "model_name": "book", "field_name": "genres", "term": term}
    answer = house.visitor("publish", "editor").get("/autocomplete/", asked)
    assert answer.status_code == 200
    assert answer.json()["results"] == []


@pytest.mark.parametrize("key", ["x", "0", "-1", "99999999999999999999", "1,2", "é", "٣"])
def test_forms_take_odd_keys(house: SmallHouse, key: str) -> None:
    client = house.visitor("publish", "editor")
    assert client.get("/books/chapter/add/", {"book": key}).status_code == 200
    assert (
        client.get("/books/book/add/", {"genres": key, "tags": f"{key},{key}"}).status_code == 200
    )
    sent: dict[str, Any] = {
        "book": key,
        "title": "x",
        "text": "x",
        "status": "x",
        "publish_at_0": "x",
    }
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
