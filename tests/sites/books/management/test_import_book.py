from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from sites.books.models import Book, Chapter
from tests.sites.books.importers.epub_builder import small_book

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "small.epub"
    path.write_bytes(small_book().build())
    return path


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(*arguments: object, out: io.StringIO | None = None) -> str:
    out = out or io.StringIO()
    call_command("import_book", *map(str, arguments), stdout=out, no_color=True)
    return out.getvalue()


def test_a_book_is_published_so_that_it_can_be_read(book: Path) -> None:
    assert run(book) == "small.epub “The Small Book” is new, published; chapters: 3 added.\n"
    assert {chapter.status for chapter in Chapter.objects.all()} == {"published"}


def test_the_same_file_again_updates(book: Path) -> None:
    run(book)
    assert run(book) == (
        "small.epub “The Small Book” was there, published; chapters: 3 unchanged.\n"
    )
    assert Book.objects.count() == 1


def test_drafts_are_left_to_an_editor(book: Path) -> None:
    assert "is new, draft;" in run(book, "--draft")
    assert {chapter.status for chapter in Chapter.objects.all()} == {"draft"}


def test_a_dry_run_only_reads(book: Path) -> None:
    assert run(book, "--dry-run") == ("small.epub “The Small Book” has 3 chapters with 63 words.\n")
    assert not Book.objects.exists()


def test_one_bad_file_keeps_nothing_from_the_others_and_ends_in_failure(
    book: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.epub"
    bad.write_bytes(b"no book")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"^2 of 3 files could not be imported\.$"):
        run(bad, tmp_path / "gone.epub", book, out=out)
    lines = out.getvalue().splitlines()
    assert lines[0].startswith("bad.epub This is no EPUB file: ")
    assert lines[1].startswith("gone.epub ")
    assert lines[2].startswith("small.epub “The Small Book” is new")
    assert Book.objects.count() == 1


def test_progress_stays_on_one_line_where_somebody_watches(book: Path) -> None:
    said = run(book, out=Terminal())
    assert "\rsmall.epub 2/3\rsmall.epub 3/3\r\x1b[K" in said
    assert said.count("\n") == 1


def test_notes_are_said(tmp_path: Path) -> None:
    path = tmp_path / "film.epub"
    path.write_bytes(small_book().page("f.xhtml", "<h1>F</h1><p>a</p><video/>").build())
    assert run(path).splitlines()[1] == "  Films were left out."
