"""The cover's page: another cover, the drawn one again, and whose book it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from sites.accounts.models import AuditEntry
from sites.books.actions import set_cover as module
from sites.books.models import Book
from storage import uploads
from storage.backends import private, public
from storage.models import Upload, UploadState
from tests.sites.desk.people import SmallHouse
from tests.storage.hostile import picture, svg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _commits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transaction, "on_commit", lambda after, **_options: after())


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is to be made smaller in the background."""
    asked: list[str] = []
    monkeypatch.setattr(module, "derive_later", asked.extend)
    return asked


@pytest.fixture
def author(house: SmallHouse) -> Client:
    return house.visitor("publish", "author")


def put(browser: Client, book: Book, content: bytes, name: str = "a.png") -> Any:
    file = SimpleUploadedFile(name, content)
    return browser.post(f"/books/book/{book.pk}/cover/", {"file": file}, follow=True)


def fresh(book: Book) -> Book:
    return Book.objects.get(pk=book.pk)


def test_a_picture_becomes_the_cover(author: Client, house: SmallHouse, told: list[str]) -> None:
    response = put(author, house.own, picture(size=(900, 1200)))
    assert "The book has a new cover." in response.content.decode()
    name = str(fresh(house.own).cover)
    assert name.endswith("-640.webp")
    assert told == [name]
    assert sorted(each.key for each in public().list_keys("covers/")) == sorted(
        name.replace("-640", f"-{width}") for width in (160, 320, 640)
    )
    assert not list(private().list_keys())
    assert Upload.objects.get().state == UploadState.ATTACHED
    assert AuditEntry.objects.get(action="book.cover").subject_id == str(house.own.pk)
    assert fresh(house.own).updated_at == house.own.updated_at, "open forms stay current"


def test_a_drawing_becomes_pixels(author: Client, house: SmallHouse, told: list[str]) -> None:
    put(author, house.own, svg("<script>alert(1)</script>"), "a.svg")
    content = public().read(str(fresh(house.own).cover))
    assert content[8:12] == b"WEBP"
    assert told


def test_the_drawn_cover_comes_back(author: Client, house: SmallHouse, told: list[str]) -> None:
    put(author, house.own, picture(size=(900, 1200)))
    response = author.post(f"/books/book/{house.own.pk}/cover/", {"do": "draw"}, follow=True)
    assert "drawn from the title again" in response.content.decode()
    assert str(fresh(house.own).cover).endswith(".svg")


def test_an_upload_is_used_once_and_by_its_owner(
    author: Client, house: SmallHouse, told: list[str]
) -> None:
    from django.utils import timezone

    file = SimpleUploadedFile("a.png", picture())
    sent = uploads.receive("cover", file, by=house.people["editor"], now=timezone.now())
    address = f"/books/book/{house.own.pk}/cover/"
    response = author.post(address, {"upload": str(sent.pk)})
    assert "no longer there" in response.content.decode()
    assert not fresh(house.own).cover
    editor = house.visitor("publish", "editor")
    editor.post(address, {"upload": str(sent.pk)})
    assert fresh(house.own).cover
    assert "no longer there" in editor.post(address, {"upload": str(sent.pk)}).content.decode()


@pytest.mark.parametrize("upload", ["", "x", "1", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_upload_is_told(author: Client, house: SmallHouse, upload: str) -> None:
    response = author.post(f"/books/book/{house.own.pk}/cover/", {"upload": upload})
    assert response.status_code == 200
    assert not fresh(house.own).cover


def test_another_authors_book_keeps_its_cover(
    author: Client, house: SmallHouse, told: list[str]
) -> None:
    assert put(author, house.foreign, picture()).status_code == 404
    assert not fresh(house.foreign).cover
    assert not told


def test_what_is_no_picture_is_refused_in_a_sentence(author: Client, house: SmallHouse) -> None:
    response = put(author, house.own, b"<html>")
    assert "is not what its name says" in response.content.decode()
    assert not Upload.objects.exists()
    assert not list(private().list_keys())


def test_the_page_asks_few_questions(
    author: Client, house: SmallHouse, django_assert_max_num_queries: Any
) -> None:
    author.get(f"/books/book/{house.own.pk}/cover/")
    with django_assert_max_num_queries(12):
        response = author.get(f"/books/book/{house.own.pk}/cover/")
    assert b'data-upload="cover"' in response.content
    assert response.content.count(b'name="upload"') == 1
