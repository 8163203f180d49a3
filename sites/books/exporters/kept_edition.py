"""The edition that every reader may download: written once for each version of the book."""

from __future__ import annotations

import re
import tempfile
from datetime import datetime
from typing import IO, Final, cast

from django.db import connection, transaction

from sites.accounts.models import User
from sites.books.exporters.edition import read_edition, version_of
from sites.books.models import Book
from sites.books.permissions import require_edit
from storage.backends import private

FOLDER: Final = "exports"
IN_MEMORY: Final = 4 * 1024 * 1024  # bytes; larger files wait on the disk
NAME_LENGTH: Final = 100  # characters of a file's name: some disks take 255 bytes
_NOT_IN_NAMES: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\"*/:<>?\\|]+")


def published_edition(book: Book, *, now: datetime) -> str:
    """Give the storage's key of the edition with what is out at ``now``; write it where that
    version has none yet, and forget those of other versions.

    Only one request writes while others wait for it. Raises an ``ExportRefused``.
    """
    key = f"{FOLDER}/{book.pk}/{version_of(book, drafts=False, now=now)}.epub"
    place = private()
    if place.exists(key):
        return key
    with transaction.atomic(), tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        with connection.cursor() as cursor:
            name = f"export: {book.pk}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
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


def _write(book: Book, out: IO[bytes], *, drafts: bool, now: datetime) -> None:
    from sites.books.exporters.epub import write_epub  # loads lxml and Pillow

    write_epub(read_edition(book, drafts=drafts, now=now), out)
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
