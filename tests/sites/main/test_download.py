from __future__ import annotations

import asyncio
import io
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.test import Client

from sites.books.exporters import kept_edition, limits
from sites.books.exporters.answers import file_response
from sites.books.models import Book, Chapter, Status
from storage.backends import private
from storage.errors import StorageUnavailable
from storage.folder import PrivateFolder
from tests.house import visitor
from tests.storage.sending import door

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    book = Book.objects.create(title="Laut “日本”", slug="laut", status=Status.PUBLISHED)
    for number, status in ((1, Status.PUBLISHED), (2, Status.DRAFT)):
        text = f'<p id="p-aaaaaaa{number + 1}">Bab {number}.</p>'
        Chapter.objects.create(
            book=book, number=number, title=f"Bab {number}", text=text, status=status
        )
    return book


@pytest.fixture
def browser() -> Client:
    return visitor("main", HTTP_ACCEPT_ENCODING="gzip")


def followed(browser: Client, **headers: str) -> dict[str, Any]:
    """Ask for the edition, and follow the link that the answer leads to."""
    response = browser.get("/books/laut/epub/")
    assert response.status_code == 302
    assert response["Cache-Control"] == "private, no-store"
    return asyncio.run(door(response["Location"], **headers))


def kept(book: Book) -> list[str]:
    return [each.key for each in private().list_keys(f"exports/{book.pk}/")]


def test_everybody_downloads_what_is_out(browser: Client, book: Book) -> None:
    answer = followed(browser)
    assert answer["status"] == 200
    (key,) = kept(book)
    with private().open(key) as file, zipfile.ZipFile(file) as archive:
        pages = [name for name in archive.namelist() if "/text/" in name]
    assert len(pages) == 1
    assert answer["headers"]["content-type"] == "application/epub+zip"
    assert int(answer["headers"]["content-length"]) == private().size(key)
    name = quote("Laut “日本”.epub")
    assert answer["headers"]["content-disposition"] == f"attachment; filename*=utf-8''{name}"


def test_a_part_of_it_is_given(browser: Client, book: Book) -> None:
    answer = followed(browser, range="bytes=0-1")
    assert (answer["status"], answer["body"]) == (206, "PK")


def test_a_version_is_written_once_and_replaces_the_former(browser: Client, book: Book) -> None:
    browser.get("/books/laut/epub/")
    (first,) = kept(book)
    written = private().get_modified_time(first)
    browser.get("/books/laut/epub/")
    assert kept(book) == [first]
    assert private().get_modified_time(first) == written
    chapter = book.chapters.get(number=1)
    chapter.title = "Another"
    chapter.save()
    browser.get("/books/laut/epub/")
    (second,) = kept(book)
    assert second != first


@pytest.mark.django_db(transaction=True)
def test_two_at_once_write_it_once_and_hold_no_connection_meanwhile(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_ask = threading.Barrier(2, timeout=30)
    exists, put = PrivateFolder.exists, PrivateFolder.put
    puts: list[object] = []

    def ask(files: PrivateFolder, name: str) -> bool:
        found = exists(files, name)
        if not asked.setdefault(threading.get_ident(), False):
            asked[threading.get_ident()] = True
            both_ask.wait()
        return found

    def write(files: PrivateFolder, *given: Any) -> bool:
        puts.append(connection.connection)
        return put(files, *given)

    def download(_number: int) -> int:
        try:
            return visitor("main").get("/books/laut/epub/").status_code
        finally:
            connection.close()

    asked: dict[int, bool] = {}
    monkeypatch.setattr(PrivateFolder, "exists", ask)
    monkeypatch.setattr(PrivateFolder, "put", write)
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(download, range(2))) == [302, 302]
    assert puts == [None]
    assert len(kept(book)) == 1


def test_who_waits_too_long_for_another_edition_is_told_so(
    browser: Client, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.1)
    with kept_edition._alone():
        response = browser.get("/books/laut/epub/")
    assert response.status_code == 503
    assert "try again later" in response.content.decode()
    assert kept(book) == []


def test_where_files_cannot_be_reached_it_says_so(
    browser: Client, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise StorageUnavailable("head")

    monkeypatch.setattr(PrivateFolder, "facts", fail)
    response = browser.get("/books/laut/epub/")
    assert response.status_code == 503
    assert "cannot be reached" in response.content.decode()


def test_a_hidden_or_empty_book_is_missing(browser: Client, book: Book) -> None:
    Chapter.objects.update(status=Status.DRAFT)
    assert browser.get("/books/laut/epub/").status_code == 404
    Chapter.objects.update(status=Status.PUBLISHED)
    Book.objects.update(status=Status.DRAFT)
    assert browser.get("/books/laut/epub/").status_code == 404


def test_a_book_that_is_too_large_is_refused_with_a_sentence(
    browser: Client, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "TEXT", 1)
    response = browser.get("/books/laut/epub/")
    assert response.status_code == 503
    assert "divide it into volumes" in response.content.decode()


def test_a_server_sends_it_piece_by_piece_and_closes_the_file() -> None:
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
    file = io.BytesIO(bytes(200_000))
    response = file_response(ASGIRequest(scope, io.BytesIO()), file, name="a.epub", size=200_000)

    async def ask() -> list[int]:
        return [len(piece) async for piece in response.streaming_content]  # type: ignore[union-attr]

    sizes = asyncio.run(ask())
    assert sum(sizes) == 200_000
    assert len(sizes) > 3
    assert file.closed
