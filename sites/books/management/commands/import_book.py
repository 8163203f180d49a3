from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sites.books.actions.import_book import ImportResult, import_book
from sites.books.exceptions import BookError
from sites.books.importers.book import Stage
from sites.books.importers.readable import readable

NAME_LENGTH = 40  # columns for a file's name; the rest of the line is for what happens to it


class Command(BaseCommand):
    """Bring books in from EPUB, DOCX and Markdown files. The same file again updates its book."""

    help = (
        "Bring EPUB, DOCX and Markdown files into the house. The same file again updates its book and never makes a "
        "second one. What is new is published at once, so that it can be read; --draft leaves that "
        "to an editor, and what is a draft here stays one. A file that cannot be imported does not keep the others from it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "files",
            nargs="+",
            metavar="FILE",
            type=Path,
            help="an EPUB, DOCX or Markdown file, or a zip of Markdown files",
        )
        parser.add_argument(
            "--draft", action="store_true", help="leave new books and chapters as drafts"
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="read the files and say what is in them, without storing anything",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[Path] = options["files"]
        failed = 0
        for file in files:
            try:
                if options["dry_run"]:
                    said, notes = self._read(file)
                else:
                    said, notes = self._import(file, publish=not options["draft"])
            except BookError as refusal:
                failed += 1
                self._end(file, str(refusal), self.style.ERROR)
                continue
            self._end(file, said)
            for note in notes:
                self.stdout.write(f"  {readable(note)}")
        if failed:
            raise CommandError(f"{failed} of {len(files)} files could not be imported.")

    def _import(self, file: Path, *, publish: bool) -> tuple[str, list[str]]:
        result = import_book(
            file,
            by=None,
            publish=publish,
            progress=partial(self._show, file),
        )
        return _summary(result), result.notes

    def _read(self, file: Path) -> tuple[str, list[str]]:
        from sites.books.importers.formats import read_book  # loads lxml and Pillow

        book = read_book(file, progress=partial(self._show, file))
        words = sum(chapter.words for chapter in book.chapters)
        said = f"“{book.title}” has {len(book.chapters)} chapters with {words:,} words."
        return said, book.notes

    def _show(self, file: Path, done: int, total: int, stage: Stage) -> None:
        """Show progress: on one line where somebody is watching, else a line for each stage."""
        if self._is_watched():
            start, ending = "\r", "\x1b[K"
        elif done == 0:
            start, ending = "", "\n"
        else:
            return
        count = f"{done}/{total}" if done else f"{total}"
        verb, _space, what = stage.partition(" ")
        self.stdout.write(f"{start}{_name(file)} {verb} {count} {what}", ending=ending)
        self.stdout.flush()

    def _end(self, file: Path, said: str, style: Callable[[str], str] = str) -> None:
        start = "\r\x1b[K" if self._is_watched() else ""
        self.stdout.write(f"{start}{_name(file)} {style(readable(said))}")
        self.stdout.flush()

    def _is_watched(self) -> bool:
        return self.stdout.isatty()


def _name(file: Path) -> str:
    name = readable(file.name)
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"


def _summary(result: ImportResult) -> str:
    book = result.book
    verb = "is new" if result.created else "was there"
    numbers = (
        (result.chapters_added, "added"),
        (result.chapters_changed, "changed"),
        (result.chapters_unchanged, "unchanged"),
        (result.chapters_withdrawn, "withdrawn"),
    )
    counts = ", ".join(f"{number} {what}" for number, what in numbers if number)
    return f"“{book.title}” {verb}, {book.get_status_display().lower()}; chapters: {counts}."
