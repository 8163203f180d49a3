"""The edition that every reader may download: written once for each version of the book."""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Final, cast

from sites.accounts.models import User
from sites.books.exporters import limits
from sites.books.exporters.edition import read_edition, version_of
from sites.books.exporters.errors import ExportTakesTooLong
from sites.books.models import Book
from sites.books.permissions import require_edit
from storage.backends import private
from storage.pool import give_connection_back

FOLDER: Final = "exports"
IN_MEMORY: Final = 4 * 1024 * 1024  # bytes; larger files wait on the disk
NAME_LENGTH: Final = 100  # characters of a file's name: some disks take 255 bytes
#: One edition at a time is written in a process: it takes a processor, and up to the memory of a book.
#: Two processes may write the same one: it is the same file.
_writing: Final = threading.Lock()
_NOT_IN_NAMES: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\"*/:<>?\\|]+")


def published_edition(book: Book, *, now: datetime) -> str:
    """Give the storage's key of the edition with what is out at ``now``; write it where that
    version has none yet, and forget those of other versions.

    Only one request of a process writes while others wait for it; meanwhile none of them holds a
    connection to the database. Raises an ``ExportRefused``.
    """
    key = f"{FOLDER}/{book.pk}/{version_of(book, drafts=False, now=now)}.epub"
    place = private()
    give_connection_back()
    if place.exists(key):
        return key
    with _alone(), tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        if place.exists(key):
            return key
        _write(book, file, drafts=False, now=now)
        place.put(key, cast("IO[bytes]", file))
    _forget_others(key)
    return key


def forget_editions(book: int) -> None:
    """Delete every kept edition of a book; the next download writes it anew. For after the commit
    of what must no longer be in one, such as a name that was taken off."""
    _forget(f"{FOLDER}/{book}/", kept="")


def whole_edition(book: Book, out: IO[bytes], *, by: User | None, now: datetime) -> None:
    """Write the edition with all that is written, drafts included, to ``out``; ``by`` None is the
    command line. Nothing is kept: drafts are nobody else's. Raises ``PermissionDenied`` and an
    ``ExportRefused``."""
    if by is not None:
        require_edit(by, book)
    _write(book, out, drafts=True, now=now)


def file_name(title: str) -> str:
    """Give a file's name for a book: its title in its own script, without what disks refuse."""
    name = " ".join(_NOT_IN_NAMES.sub(" ", title).split())[:NAME_LENGTH].strip(". ")
    return f"{name or 'book'}.epub"


@contextmanager
def _alone() -> Iterator[None]:
    if not _writing.acquire(timeout=limits.SECONDS):
        raise ExportTakesTooLong(limits.SECONDS)
    try:
        yield
    finally:
        _writing.release()


def _write(book: Book, out: IO[bytes], *, drafts: bool, now: datetime) -> None:
    from sites.books.exporters.epub import write_epub  # loads lxml and Pillow

    edition = read_edition(book, drafts=drafts, now=now)
    give_connection_back()
    write_epub(edition, out)
    out.seek(0)


def _forget_others(key: str) -> None:
    """Delete the files of former versions; what a reader has begun to load comes to its end."""
    folder, slash, _name = key.rpartition("/")
    _forget(f"{folder}{slash}", kept=key)


def _forget(folder: str, *, kept: str) -> None:
    place = private()
    for listed in list(place.list_keys(folder)):
        if listed.key != kept:
            place.delete(listed.key)
