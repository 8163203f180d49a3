from __future__ import annotations

import asyncio
import io
import zipfile
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.test import Client

from sites.books.exporters import limits
from sites.books.exporters.answers import file_response
from sites.books.models import Book, Chapter, Status
from tests.house import visitor

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


def content_of(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_everybody_downloads_what_is_out(browser: Client, book: Book) -> None:
    response = browser.get("/books/laut/epub/")
    content = content_of(response)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        pages = [name for name in archive.namelist() if "/text/" in name]
    assert len(pages) == 1
    assert response["Content-Type"] == "application/epub+zip"
    assert int(response["Content-Length"]) == len(content)
    name = quote("Laut “日本”.epub")
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"


def test_a_version_is_written_once_and_replaces_the_former(browser: Client, book: Book) -> None:
    first = browser.get("/books/laut/epub/")
    tag = first["ETag"]
    content_of(first)
    folder = f"exports/{book.pk}"
    assert default_storage.listdir(folder)[1] == [tag.strip('"')]
    assert browser.get("/books/laut/epub/", HTTP_IF_NONE_MATCH=tag).status_code == 304
    chapter = book.chapters.get(number=1)
    chapter.title = "Another"
    chapter.save()
    second = browser.get("/books/laut/epub/", HTTP_IF_NONE_MATCH=tag)
    assert b"".join(second.streaming_content)  # type: ignore[attr-defined]
    assert default_storage.listdir(folder)[1] == [second["ETag"].strip('"')]
    assert second["ETag"] != tag


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
