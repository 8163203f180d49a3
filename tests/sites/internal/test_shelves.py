"""Books in the office: support looks, moderators and managers change, managers delete."""

from __future__ import annotations

import pytest

from sites.books.models import Author, Book, Chapter, Genre, Revision, Tag
from tests.sites.desk.forms import edit
from tests.sites.desk.people import SmallHouse


@pytest.mark.parametrize("role", ["support"])
def test_who_only_looks_changes_no_book(house: SmallHouse, role: str) -> None:
    client = house.visitor("internal", role)
    path = f"/books/book/{house.own.pk}/change/"
    opened = client.get(path)
    assert opened.status_code == 200
    assert 'name="title"' not in opened.content.decode()
    assert client.post(path, {"title": "Curian"}).status_code == 403
    assert client.post(f"/books/book/{house.own.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Book.objects.get(pk=house.own.pk).title == "Laut"


@pytest.mark.parametrize("role", ["superuser", "moderator", "manager"])
def test_the_office_changes_books_and_chapters(house: SmallHouse, role: str) -> None:
    client = house.visitor("internal", role)
    answer = edit(client, f"/books/book/{house.own.pk}/change/", subtitle="Dari kantor")
    assert answer.status_code == 302
    answer = edit(client, f"/books/chapter/{house.chapter.pk}/change/", status="published")
    assert answer.status_code == 302
    assert Book.objects.get(pk=house.own.pk).subtitle == "Dari kantor"
    assert Chapter.objects.get(pk=house.chapter.pk).status == "published"


def test_managers_delete_books_with_all_that_hangs_on_them(house: SmallHouse) -> None:
    manager = house.visitor("internal", "manager")
    path = f"/books/book/{house.own.pk}/delete/"
    page = manager.get(path).content.decode()
    assert "Chapters: 1" in page
    assert "Revisions: 1" in page
    assert Book.objects.filter(pk=house.own.pk).exists()
    assert manager.post(path, {"post": "yes"}).status_code == 302
    assert list(Book.objects.all()) == [house.foreign]
    assert (Chapter.objects.count(), Revision.objects.count()) == (1, 1)


def test_moderators_delete_tags_and_no_books(house: SmallHouse) -> None:
    moderator = house.visitor("internal", "moderator")
    for path in (
        f"/books/book/{house.own.pk}/delete/",
        f"/books/chapter/{house.chapter.pk}/delete/",
        f"/books/genre/{house.genre.pk}/delete/",
    ):
        assert moderator.post(path, {"post": "yes"}).status_code == 403, path
    assert moderator.post(f"/books/tag/{house.tag.pk}/delete/", {"post": "yes"}).status_code == 302
    assert (Book.objects.count(), Genre.objects.count(), Tag.objects.count()) == (2, 1, 0)


def test_a_name_on_a_cover_is_not_deleted(house: SmallHouse) -> None:
    manager = house.visitor("internal", "manager")
    author = Author.objects.get(user=house.people["author"])
    path = f"/books/author/{author.pk}/delete/"
    assert "Laut" in manager.get(path).content.decode()
    manager.post(path, {"post": "yes"})
    assert Author.objects.filter(pk=author.pk).exists()


def test_managers_keep_the_catalogue_and_link_accounts(house: SmallHouse) -> None:
    manager = house.visitor("internal", "manager")
    answer = edit(
        manager, "/books/author/add/", name="Sari", slug="sari", user=str(house.people["reader"].pk)
    )
    assert answer.status_code == 302
    assert Author.objects.get(slug="sari").user == house.people["reader"]
    answer = edit(manager, "/books/genre/add/", name_en="Poetry", name_id="Puisi", slug="puisi")
    assert answer.status_code == 302
    genre = Genre.objects.get(slug="puisi")
    assert edit(manager, f"/books/genre/{genre.pk}/change/", name_id="Sajak").status_code == 302
    assert Genre.objects.get(slug="puisi").name_id == "Sajak"
    assert manager.post(f"/books/genre/{genre.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Genre.objects.filter(slug="puisi").exists()


@pytest.mark.parametrize("role", ["editor", "moderator"])
def test_editors_and_moderators_change_no_names_and_genres_here(
    house: SmallHouse, role: str
) -> None:
    client = house.visitor("internal", role)
    path = f"/books/genre/{house.genre.pk}/change/"
    sent = {"name_en": "x", "name_id": "x", "slug": "x"}
    assert client.post(path, sent).status_code == 403
    assert Genre.objects.get().slug == "novel"


def test_readers_places_are_nobodys_business(house: SmallHouse) -> None:
    root = house.visitor("internal", "superuser")
    assert root.get("/books/readingprogress/").status_code == 404
