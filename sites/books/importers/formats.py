"""Tell by its content which kind of file a book is in, and read it: EPUB, DOCX or Markdown."""

from __future__ import annotations

import os
import time
import zipfile
from dataclasses import dataclass, replace
from typing import IO, Final

from sites.books.importers import epub, limits
from sites.books.importers.book import ImportedBook, Progress, silent
from sites.books.importers.deadline import Clock, Deadline
from sites.books.importers.errors import FileTooLarge, NotABook, NotAFile
from sites.books.importers.package import Source, open_package
from sites.books.importers.readable import unturned

ZIP: Final = b"PK"
_NAMED_ZIPS: Final = (".epub", ".docx", ".zip")
#: What files begin with that hold texts, and that we do not read: PDF, RTF, Word 97, HTML pages.
_OTHERS: Final = (b"%PDF", b"{\\rtf", b"\xd0\xcf\x11\xe0", b"<!DOCTYPE", b"<html", b"<?xml")
_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class _Ask:
    """How to read: who watches, and how long it may take."""

    progress: Progress
    clock: Clock
    seconds: float

    def deadline(self) -> Deadline:
        return Deadline(self.clock, self.seconds)

    def read_epub(self, file: IO[bytes]) -> ImportedBook:
        return epub.read_epub(file, progress=self.progress, clock=self.clock, seconds=self.seconds)


def read_book(
    source: Source,
    *,
    progress: Progress = silent,
    clock: Clock = time.monotonic,
    seconds: float = limits.READING_SECONDS,
    name: str = "",
) -> ImportedBook:
    """Read a book from a path, or from a binary file that can seek.

    The content decides; ``name`` (usually the path's) only keeps a broken EPUB from being read as a
    text. Raises an ``ImportRefused``.
    """
    ask = _Ask(progress, clock, seconds)
    book = _open(source, name, ask)
    _straighten(book)
    return book


def _open(source: Source, name: str, ask: _Ask) -> ImportedBook:
    if isinstance(source, str | os.PathLike):
        name = name or os.fspath(source)
        if not os.path.isfile(source):
            raise NotAFile(name)
        try:
            with open(source, "rb") as file:
                return _read(file, name, ask)
        except PermissionError as error:
            raise NotAFile(name) from error
    return _read(source, name, ask)


def _straighten(book: ImportedBook) -> None:
    """Take directional formatting out of all that stands beside other words on our pages."""
    book.title, book.subtitle = unturned(book.title), unturned(book.subtitle)
    book.description = unturned(book.description)
    book.authors = [replace(person, name=unturned(person.name)) for person in book.authors]
    book.subjects = [unturned(subject) for subject in book.subjects]
    for chapter in book.chapters:
        chapter.title = unturned(chapter.title)


def _read(file: IO[bytes], name: str, ask: _Ask) -> ImportedBook:
    size = file.seek(0, os.SEEK_END)
    if size > limits.FILE_SIZE:
        raise FileTooLarge("", limits.FILE_SIZE)
    file.seek(0)
    start = file.read(1_000)
    file.seek(0)
    if start.startswith(ZIP):
        return _read_zip(file, ask)
    if not start.strip() or name.lower().endswith(_NAMED_ZIPS):
        return ask.read_epub(file)  # which says what is wrong
    is_binary = b"\0" in start and not start.startswith(_BOMS)
    if is_binary or start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_OTHERS):
        raise NotABook
    from sites.books.importers.markdown import read_markdown

    if size > limits.MANUSCRIPT_SIZE:
        raise FileTooLarge("", limits.MANUSCRIPT_SIZE)
    return read_markdown(file.read(), progress=ask.progress, deadline=ask.deadline())


def _read_zip(file: IO[bytes], ask: _Ask) -> ImportedBook:
    kind = _kind(file)
    if kind == "docx":
        from sites.books.importers.docx import read_docx

        with open_package(file, any_kind=True) as package:
            file.seek(0)
            return read_docx(package, file.read(), progress=ask.progress, deadline=ask.deadline())
    if kind == "markdown":
        from sites.books.importers.markdown import read_markdown_archive

        with open_package(file, any_kind=True) as package:
            return read_markdown_archive(package, progress=ask.progress, deadline=ask.deadline())
    return ask.read_epub(file)


def _kind(file: IO[bytes]) -> str:
    """Give the kind of an archive by the names in it; a garbled one is the EPUB importer's."""
    from sites.books.importers.markdown import is_markdown

    try:
        names = set(zipfile.ZipFile(file).namelist())
    except Exception:  # noqa: BLE001 - a garbled archive makes zipfile raise anything
        names = set()
    file.seek(0)
    if "mimetype" in names or "META-INF/container.xml" in names:
        return "epub"
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return "docx"
    return "markdown" if any(is_markdown(name) for name in names) else "epub"
