from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from sites.books.models import Book, Chapter
from tests.sites.books.actions.imports import illustrated
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


def last(said: str) -> str:
    return said.splitlines()[-1]


def test_a_book_is_published_so_that_it_can_be_read(book: Path) -> None:
    assert last(run(book)) == ("small.epub “The Small Book” is new, published; chapters: 3 added.")
    assert {chapter.status for chapter in Chapter.objects.all()} == {"published"}


def test_the_same_file_again_updates(book: Path) -> None:
    run(book)
    assert last(run(book)) == (
        "small.epub “The Small Book” was there, published; chapters: 3 unchanged."
    )
    assert Book.objects.count() == 1


def test_drafts_are_left_to_an_editor(book: Path) -> None:
    assert "is new, draft;" in run(book, "--draft")
    assert {chapter.status for chapter in Chapter.objects.all()} == {"draft"}


def test_a_dry_run_only_reads(book: Path) -> None:
    said = run(book, "--dry-run")
    assert last(said) == "small.epub “The Small Book” has 3 chapters with 63 words."
    assert "storing" not in said
    assert not Book.objects.exists()


def test_one_bad_file_keeps_nothing_from_the_others_and_ends_in_failure(
    book: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.epub"
    bad.write_bytes(b"no book")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"^2 of 3 files could not be imported\.$"):
        run(bad, tmp_path / "gone.epub", book, out=out)
    lines = [line for line in out.getvalue().splitlines() if "ing 3 " not in line]
    assert lines[0].startswith("bad.epub This is no EPUB file: ")
    assert lines[1].startswith("gone.epub ")
    assert lines[2].startswith("small.epub “The Small Book” is new")
    assert Book.objects.count() == 1


def test_progress_stays_on_one_line_where_somebody_watches(book: Path) -> None:
    said = run(book, out=Terminal())
    assert "\rsmall.epub reading 2/3 pages\x1b[K\rsmall.epub reading 3/3 pages\x1b[K\r" in said
    assert "\rsmall.epub storing 3/3 chapters\x1b[K\r\x1b[Ksmall.epub “The" in said
    assert said.count("\n") == 1


def test_a_pipe_has_one_line_for_each_stage(tmp_path: Path) -> None:
    path = tmp_path / "sea.epub"
    path.write_bytes(illustrated().build())
    assert run(path).splitlines() == [
        "sea.epub reading 4 pages",
        "sea.epub storing 4 pictures",
        "sea.epub storing 4 chapters",
        "sea.epub “The Small Book” is new, published; chapters: 4 added.",
    ]


def test_what_was_taken_down_stays_down_and_is_said(book: Path) -> None:
    run(book)
    Book.objects.update(status="draft")
    Chapter.objects.filter(number=2).update(status="draft")
    assert run(book).splitlines()[-3:] == [
        "small.epub “The Small Book” was there, draft; chapters: 3 unchanged.",
        "  The book was a draft and stays one; publish it at the desk.",
        "  1 chapter was a draft and stays one; publish it at the desk.",
    ]


def test_a_title_and_a_name_of_a_file_give_no_orders_to_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2Jb.epub"
    path.write_bytes(small_book(title="Sea\u202ekcab").build())
    said = run(path)
    assert "a?[2Jb.epub “Seakcab” is new" in said
    assert "\x1b" not in said
    assert "\x1b[2J" not in run(path, out=Terminal())


def test_notes_are_said(tmp_path: Path) -> None:
    path = tmp_path / "film.epub"
    path.write_bytes(small_book().page("f.xhtml", "<h1>F</h1><p>a</p><video/>").build())
    assert run(path).splitlines()[-1] == "  Films were left out."
