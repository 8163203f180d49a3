"""Real files, where they lie beside the project, go all the way into the house."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.storage import default_storage

from sites.books.actions.import_book import import_book
from sites.books.models import Book, Chapter
from sites.books.text.links import chapter_references, media_references
from tests.sites.books.actions.imports import files_in, snapshot
from tests.sites.books.importers.test_real_books import BOOKS, NAMES

pytestmark = [
    pytest.mark.books,
    pytest.mark.django_db,
    pytest.mark.skipif(not BOOKS.is_dir(), reason="the real books do not lie in ../shared/books"),
]


@pytest.fixture(autouse=True)
def media(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.mark.parametrize("name", NAMES)
def test_a_real_book_goes_in_whole_and_the_second_import_changes_nothing(
    name: str, media: Path
) -> None:
    path = BOOKS / f"{name}.epub"
    if not path.is_file():
        pytest.skip(f"{name}.epub does not lie in ../shared/books")
    first = import_book(path, by=None, publish=True)
    book = Book.objects.get()
    uids = set(book.chapters.values_list("uid", flat=True))
    chapters = list(book.chapters.in_order())
    assert [chapter.number for chapter in chapters] == [*range(1, first.chapters_added + 1)]
    assert {chapter.status for chapter in chapters} == {"published"}
    assert book.opening_line
    for chapter in chapters:
        assert chapter.title
        assert chapter_references(chapter.text) <= uids
        assert all(default_storage.exists(key) for key in media_references(chapter.text))
    before, files = snapshot(), files_in(media)
    second = import_book(path, by=None, publish=True)
    assert not second.created
    assert second.chapters_unchanged == first.chapters_added == Chapter.objects.count()
    assert snapshot() == before
    assert files_in(media) == files
