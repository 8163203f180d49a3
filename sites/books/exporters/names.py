"""What both ways agree on: the names inside the house's editions, and the identity of its books.

The importer knows an edition of the house by ``EDITION`` in its package document, and reads its
chapters as they were written instead of guessing at them.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from sites.books.models import Book

FOLDER: Final = "EPUB"
PACKAGE_DOCUMENT: Final = f"{FOLDER}/package.opf"
PREFIX: Final = "esensi"
VOCABULARY: Final = "https://esensi.online/epub#"
#: A property of the package, and its value: the form in which texts are written below.
EDITION: Final = "esensi:edition"
EDITION_FORM: Final = "1"
#: Says that the house drew the cover, which the house would draw again.
DRAWN_COVER: Final = "esensi:drawn-cover"

CHAPTER_PART: Final = re.compile(rf"{FOLDER}/text/([a-z2-7]{{12}})\.xhtml")
#: Pages of an edition that hold no chapter.
OTHER_PAGES: Final = frozenset({f"{FOLDER}/cover.xhtml", f"{FOLDER}/title.xhtml"})
PICTURE_PART: Final = re.compile(rf"{FOLDER}/(pictures/[0-9a-zA-Z._-]{{1,80}})")
#: The id of the element that holds a chapter's text, and nothing beside it.
TEXT_ID: Final = "text"

#: Attributes that stand for what XHTML does not allow where a chapter's text has it: the element's
#: own name; ``data-href`` and the like for its attributes; and the names of attributes added.
OWN_TAG: Final = "data-tag"
ADDED: Final = "data-added"

_YEAR: Final = "2026"  # in which the domain was the house's: RFC 4151 wants one, once and for all
_TAG: Final = re.compile(r"tag:[a-z0-9.-]+,\d{4}:book/(\d{1,18})/([0-9a-f]{16})")


def identifier_of(book: Book) -> str:
    """Give what an edition is known by: what the book came with, else a tag URI (RFC 4151).

    The tag names the row and the moment in which it was made, so that a row of the same number in
    another database is another book.
    """
    if book.identifier:
        return book.identifier
    return f"tag:{settings.HOST_NAMES.parent},{_YEAR}:book/{book.pk}/{_mark(book)}"


def key_in(identifier: str) -> int | None:
    """Give the key of the book that a tag of ``identifier_of`` names; None for anything else."""
    match = _TAG.fullmatch(identifier)
    return int(match[1]) if match else None


def names_book(identifier: str, book: Book) -> bool:
    """Is this the tag of this very book?"""
    match = _TAG.fullmatch(identifier)
    return match is not None and int(match[1]) == book.pk and match[2] == _mark(book)


def chapter_part(uid: str) -> str:
    return f"{FOLDER}/text/{uid}.xhtml"


def _mark(book: Book) -> str:
    seed = f"{book.pk} {book.created_at.timestamp()}"
    return hashlib.sha256(seed.encode()).hexdigest()[:16]
