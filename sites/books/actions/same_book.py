"""Whether a file and the book that has its identifier can be one book."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext as _

from sites.books.importers.book import ImportedBook
from sites.books.importers.errors import ImportRefused
from sites.books.importers.readable import short_name
from sites.books.models import Book, Chapter
from sites.books.text.links import media_references
from sites.books.text.tokens import split_clean

#: Of the passages of the shorter text: an edition has most of them, a licence at the end of every
#: book of one publisher is less.
SHARED: Final = 0.1
PASSAGE: Final = 12  # letters; what is shorter ("Chapter 1", "he said.") stands in every book


class IdentifierTaken(ImportRefused):
    """Two books have one identifier: the file would take the other's place."""

    def __init__(self, identifier: str, title: str) -> None:
        self.identifier = identifier
        super().__init__(
            _(
                "The identifier %(identifier)s is that of %(title)s, another book: "
                "give this file its own, or that title if they are one book."
            )
            % {"identifier": short_name(identifier)[:50], "title": short_name(title)[:50]}
        )


def require_same_book(book: Book, stored: Sequence[Chapter], imported: ImportedBook) -> None:
    """Raise ``IdentifierTaken`` where the file has neither the book's title nor any of its text.

    Tools copy identifiers from one book into the next, often of one author, so a name on the cover
    proves nothing; and every book has a first chapter. A book without chapters is any book.
    """
    ours, theirs = _letters(book.title), _letters(imported.title)
    if not stored or (ours and ours == theirs):
        return
    old = _passages(chapter.text for chapter in stored)
    new = _passages(chapter.html for chapter in imported.chapters)
    if len(old & new) < max(1, SHARED * min(len(old), len(new))):
        raise IdentifierTaken(imported.identifier, book.title)


def _passages(texts: Iterable[str]) -> set[str]:
    """Give the pieces of text between tags, and the pictures."""
    found: set[str] = set()
    for text in texts:
        found.update(media_references(text))
        pieces = (" ".join(piece.split()) for piece in split_clean(text)[::2])
        found.update(piece for piece in pieces if len(piece) >= PASSAGE)
    return found


def _letters(title: str) -> str:
    return "".join(letter for letter in title.casefold() if letter.isalnum())
