from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sites.books.models import Book, Chapter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def book() -> Book:
    book = Book.objects.create(title="Laut", slug="laut")
    Chapter.objects.create(book=book, number=1, title="Satu", text='<p id="p-aaaaaaaa">Air.</p>')
    return book


def test_a_book_is_written_with_its_drafts(tmp_path: Path) -> None:
    out, target = io.StringIO(), tmp_path / "out.epub"
    call_command("export_book", "laut", "-o", str(target), stdout=out)
    assert zipfile.is_zipfile(target)
    assert f"{target} holds “Laut”, {target.stat().st_size:,} bytes." in out.getvalue()
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.epub"]


def test_a_refusal_leaves_the_former_file(tmp_path: Path) -> None:
    target = tmp_path / "out.epub"
    target.write_bytes(b"former")
    with pytest.raises(CommandError, match="has no chapter to export"):
        call_command("export_book", "laut", "--published", "-o", str(target))
    assert target.read_bytes() == b"former"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["out.epub"]


def test_an_unknown_book_and_a_missing_folder_are_clear_refusals(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no book at nowhere"):
        call_command("export_book", "nowhere")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_book", "laut", "-o", str(tmp_path / "no" / "out.epub"))
