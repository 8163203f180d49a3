"""What tells one book from another: the identifier that its file gives, where it gives one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

IDENTIFIER_LENGTH: Final = 200  # of the column

#: What says of which kind the rest is: ``urn:uuid:…``, ``ISBN …``, ``bookid_…``.
_KIND: Final = re.compile(
    r"^(urn|uuid|guid|uid|isbn(?:1[03])?|issn|doi|bookid|calibre|id|identifier)(?=[^a-z0-9]|$)"
)
#: What tools and hands write where they have no identifier, without what is no letter or digit.
_PLACEHOLDERS: Final = frozenset(
    {"none", "null", "nil", "nan", "undefined", "unknown", "unspecified", "untitled", "empty"}
    | {"na", "nn", "tba", "tbd", "todo", "missing", "default", "example", "sample", "test"}
    | {"id", "uid", "uuid", "guid", "isbn", "isbn10", "isbn13", "issn", "doi", "urn"}
    | {"identifier", "uniqueidentifier", "uniqueid", "pubid", "publicationid"}
    | {"book", "bookid", "bookidentifier", "dcidentifier", "epub", "epubid", "ebook", "title"}
    | {"unknownidentifier", "noid", "noidentifier", "noisbn", "notavailable", "notapplicable"}
    | {"yourisbn", "insertisbnhere", "yourbookid", "yourid", "idgoeshere"}
    | {"9780000000000", "9780000000002", "9790000000000"}
    | {"0123456789", "1234567890", "123456789", "12345", "1234567890123", "9781234567890"}
    | {"12345678123412341234123456789abc", "123456781234123412341234567890ab"}
    | {"12345678123456781234567812345678", "12345678910"}
)


def choose_identifier(found: Iterable[str], title: str, authors: Iterable[str]) -> str:
    """Give the first of the identifiers ``found`` that names a book, else a hash of its title and
    authors; a hash as well of one that is longer than the column."""
    chosen = next((text for text in found if not is_placeholder(text)), "")
    if not chosen:
        return _hash("\n".join([title, *sorted(authors)]).casefold())
    return chosen if len(chosen) <= IDENTIFIER_LENGTH else _hash(chosen)


def is_placeholder(identifier: str) -> bool:
    """Does this stand where an identifier should: nothing, ``none``, the nil UUID, a bare kind?"""
    rest = identifier.casefold().strip()
    while True:
        word = "".join(letter for letter in rest if letter.isalnum())
        if word in _PLACEHOLDERS or not word.strip("0") or (len(word) > 1 and not word.strip("x")):
            return True
        kind = _KIND.match(rest)
        if kind is None:
            # One digit over and over names nothing, such as ffffffff-ffff-….
            return len(word) > 7 and len(set(word)) == 1
        rest = rest[kind.end() :].lstrip(":_-. #/")


def _hash(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
