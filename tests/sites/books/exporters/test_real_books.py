"""Real books, where they lie beside the project, go out again and come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from sites.books.actions.import_book import import_book
from tests.sites.books.exporters.checked import assert_comes_back, exported, faults
from tests.sites.books.importers.test_real_books import BOOKS, NAMES

pytestmark = [
    pytest.mark.books,
    pytest.mark.django_db,
    pytest.mark.skipif(not BOOKS.is_dir(), reason="the real books do not lie in ../shared/books"),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_real_book_goes_out_without_fault_and_comes_back_to_the_letter(
    name: str, tmp_path: Path
) -> None:
    path = BOOKS / f"{name}.epub"
    if not path.is_file():
        pytest.skip(f"{name}.epub does not lie in ../shared/books")
    book = import_book(path, by=None, publish=True).book
    content = exported(book)
    assert faults(content, tmp_path) == []
    assert_comes_back(book, content)
