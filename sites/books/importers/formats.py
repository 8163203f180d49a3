"""Tell by its content which kind of file a book is in, and read it."""

from __future__ import annotations

import time

from sites.books.importers.book import ImportedBook, Progress, silent
from sites.books.importers.deadline import Clock
from sites.books.importers.package import Source


def read_book(
    source: Source, *, progress: Progress = silent, clock: Clock = time.monotonic
) -> ImportedBook:
    """Read a book from a path, or from a binary file that can seek. Raises an ``ImportRefused``."""
    from sites.books.importers import epub

    return epub.read_epub(source, progress=progress)
