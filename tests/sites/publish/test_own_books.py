"""Authors see, open and change what is theirs, by whatever address; editors everything."""

from __future__ import annotations

import pytest
from django.test import Client

from sites.books.models import Book, Chapter, Revision
from tests.sites.desk.people import SmallHouse


@pytest.fixture
def author(house: SmallHouse) -> Client:
    return house.visitor("publish", "author")


@pytest.mark.parametrize("path", ["/books/book/", "/books/chapter/", "/books/revision/", "/"])
def test_lists_show_an_author_their_own_alone(house: SmallHouse, path: str) -> None:
    own = house.visitor("publish", "author").get(path).content.decode()
    assert "Laut" in own
    assert "Danau" not in own
    assert "Danau" in house.visitor("publish", "editor").get(path).content.decode()


def foreign_addresses(house: SmallHouse) -> list[str]:
    return [
        f"/books/{kind}/{row.pk}/{page}/"
        for kind, row in (
            ("book", house.foreign),
            ("chapter", house.foreign_chapter),
            ("revision", house.foreign_revision),
        )
        for page in ("change", "delete", "history")
    ]


def test_what_belongs_to_others_is_not_there(house: SmallHouse, author: Client) -> None:
    for path in foreign_addresses(house):
        assert author.get(path).status_code == 404, path
        assert author.post(path, {"title": "Curian", "post": "yes"}).status_code == 404, path
    assert set(Book.objects.values_list("title", flat=True)) == {"Laut", "Danau"}
    assert Chapter.objects.get(pk=house.foreign_chapter.pk).title == "Bab Danau"


def test_an_author_deletes_nothing(house: SmallHouse, author: Client) -> None:
    for path in (
        f"/books/book/{house.own.pk}/delete/",
        f"/books/chapter/{house.chapter.pk}/delete/",
        f"/books/revision/{house.revision.pk}/delete/",
    ):
        assert author.post(path, {"post": "yes"}).status_code == 403, path
    assert (Book.objects.count(), Chapter.objects.count(), Revision.objects.count()) == (2, 2, 2)


def test_no_chapter_gets_into_somebody_elses_book(house: SmallHouse, author: Client) -> None:
    answer = author.post(
        "/books/chapter/add/",
        {"book": house.foreign.pk, "title": "Selundupan", "text": "<p>x</p>", "status": "draft"},
    )
    assert answer.status_code == 200
    assert "book" in answer.context["adminform"].form.errors
    assert Chapter.objects.count() == 2


def test_a_form_that_names_another_book_does_not_move_the_chapter(
    house: SmallHouse, author: Client
) -> None:
    path = f"/books/chapter/{house.chapter.pk}/change/"
    opened = author.get(path)
    version = opened.context["adminform"].form.initial["version"]
    sent = {"title": "Baru", "text": "<p>x</p>", "status": "draft", "version": version}
    assert author.post(path, sent | {"book": house.foreign.pk}).status_code == 302
    assert Chapter.objects.get(pk=house.chapter.pk).book == house.own


def choices(client: Client, field: str, model: str = "chapter", term: str = "") -> list[str]:
    answer = client.get(
        "/autocomplete/",
        {"app_label": "books", "model_name": model, "field_name": field, "term": term},
    )
    assert answer.status_code == 200
    return [found["text"] for found in answer.json()["results"]]


def test_choosing_a_book_offers_ones_own(house: SmallHouse, author: Client) -> None:
    assert choices(author, "book") == ["Laut"]
    assert sorted(choices(house.visitor("publish", "editor"), "book")) == ["Danau", "Laut"]


def test_authors_choose_genres_and_tags_and_no_authors(house: SmallHouse, author: Client) -> None:
    assert choices(author, "genres", "book") == ["Novel"]
    assert choices(author, "tags", "book") == ["laut"]
    answer = author.get(
        "/autocomplete/",
        {"app_label": "books", "model_name": "authorship", "field_name": "author"},
    )
    assert answer.status_code == 403


def test_a_smuggled_name_on_the_cover_counts_for_nothing(house: SmallHouse, author: Client) -> None:
    path = f"/books/book/{house.own.pk}/change/"
    opened = author.get(path)
    assert opened.context["inline_admin_formsets"] == []
    author.post(
        path,
        {
            "title": "Laut",
            "slug": "laut",
            "status": "draft",
            "language": "id",
            "direction": "ltr",
            "writing_mode": "horizontal-tb",
            "version": opened.context["adminform"].form.initial["version"],
            "authorships-TOTAL_FORMS": "1",
            "authorships-INITIAL_FORMS": "0",
            "authorships-0-author": house.foreign.authors.get().pk,
            "authorships-0-role": "author",
            "authorships-0-position": "1",
        },
    )
    assert house.own.authorships.count() == 1


def test_authors_do_not_change_genres_and_tags(house: SmallHouse, author: Client) -> None:
    for path in (f"/books/tag/{house.tag.pk}/change/", f"/books/genre/{house.genre.pk}/change/"):
        assert author.get(path).status_code == 200
        assert author.post(path, {"name": "x", "slug": "x"}).status_code == 403
    assert author.post("/books/tag/add/", {"name": "x", "slug": "x"}).status_code == 403
    sidebar = author.get("/").content.decode()
    assert "/books/tag/" not in sidebar
