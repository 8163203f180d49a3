"""Which book a file is of, and whether that book is still the one that somebody looked at."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from django.utils.translation import gettext as _

from sites.accounts.models import User
from sites.books.exporters.names import key_in, names_book
from sites.books.importers.book import ImportedBook
from sites.books.importers.errors import ImportRefused
from sites.books.models import Book, Chapter
from sites.books.permissions import is_editor

#: How the importer begins an identifier that it made from a title and names.
_MADE_UP: Final = "sha256:"


class ChangedSincePreview(ImportRefused):
    """The book is not as it was when somebody looked at what the file would change."""

    def __init__(self) -> None:
        super().__init__(
            _("The book has changed since this preview: look at what will change now, and confirm.")
        )


def identifier_for(imported: ImportedBook, by: User | None) -> str:
    """Give the identifier under which the house keeps the file's book.

    Where the importer made it from the title and the names, another author may have a book of the
    same: an author's is one's own.
    """
    if by is None or is_editor(by) or not imported.identifier.startswith(_MADE_UP):
        return imported.identifier
    seed = f"{imported.identifier}\n{by.pk}"
    return f"{_MADE_UP}{hashlib.sha256(seed.encode()).hexdigest()}"


def find_book(imported: ImportedBook, by: User | None) -> Book | None:
    """Give the book that the file is of: the one with its identifier, or the very one whose edition
    the house wrote."""
    found = Book.objects.filter(identifier=identifier_for(imported, by)).first()
    key = key_in(imported.identifier) if found is None else None
    if key is None:
        return found
    exported = Book.objects.filter(pk=key).first()
    return exported if exported and names_book(imported.identifier, exported) else None


def state_of(book: Book | None) -> str:
    """Give a hash of everything that an import compares with: another one is another state."""
    if book is None:
        return ""
    rows = Chapter.objects.filter(book=book).in_order()
    facts = [
        *(book.pk, str(book.updated_at), book.status),
        list(rows.values_list("pk", "number", "updated_at", "status")),
    ]
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()
