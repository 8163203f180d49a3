"""What tests of the import share."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sites.books.actions.import_book import ImportResult, import_book
from sites.books.models import Author, Authorship, Book, Chapter, Revision, Tag
from tests.sites.books.importers.epub_builder import Epub, picture, small_book

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def bring(epub: Epub, *, now: datetime = NOW, publish: bool = True) -> ImportResult:
    return import_book(epub.open(), by=None, publish=publish, now=now)


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    return (
        result.chapters_added,
        result.chapters_changed,
        result.chapters_unchanged,
        result.chapters_withdrawn,
    )


def titles(book: Book) -> list[str]:
    return [chapter.title for chapter in book.chapters.order_by("number")]


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def snapshot() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Book, Chapter, Revision, Author, Authorship, Tag)
    ]


def illustrated(colour: str = "#336699") -> Epub:
    epub = small_book().file("cover.png", picture(60, 80), "image/png", 'properties="cover-image"')
    epub.file("p.png", picture(colour=colour), "image/png")
    return epub.page("p.xhtml", '<h1>Picture</h1><img src="p.png" alt="A"/>', toc_title="Picture")


def other_book(**options: str) -> Epub:
    """A book of the same author that is not ``small_book``, with files and titles of one name."""
    epub = Epub(**{"title": "The Mountain", **options})  # type: ignore[arg-type]
    for number in (1, 2):
        body = f"<h1>Chapter {number}</h1><p>Snow fell for {number} nights upon the upper huts.</p>"
        epub.page(f"c{number}.xhtml", body, toc_title=f"Chapter {number}")
    return epub
