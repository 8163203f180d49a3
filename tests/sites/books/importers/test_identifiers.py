from __future__ import annotations

import pytest

from sites.books.importers.epub import read_epub
from sites.books.importers.identifiers import IDENTIFIER_LENGTH, choose_identifier, is_placeholder
from tests.sites.books.importers.epub_builder import small_book

PLACEHOLDERS = [
    *(
        "",
        " ",
        "none",
        "None",
        "NULL",
        "n/a",
        "N.A.",
        "unknown",
        "0",
        "000-0",
        "-",
        "isbn",
        "ISBN:",
    ),
    *("id", "ID", "bookid", "BookId", "uuid", "uuid_id", "undefined", "urn:uuid:", "urn:isbn:"),
    *("urn:uuid:00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"),
    *("urn:uuid:none", "urn:isbn:0000000000", "ISBN 9780000000002", "xxx", "XXXXXXXXXX"),
    *("ffffffff-ffff-ffff-ffff-ffffffffffff", "urn:uuid:12345678-1234-1234-1234-123456789abc"),
]
IDENTIFIERS = [
    *("urn:uuid:a1b2c3d4-0000-0000-0000-000000000000", "9780306406157", "urn:isbn:0306406152"),
    *("http://www.gutenberg.org/2701", "http://www.gutenberg.org/1", "1", "urn:test:small-book"),
    *("id-of-a-book-7", "test-7", "novel-none-1", "x", "doi:10.1000/182", "unknown-sea", "海"),
]


@pytest.mark.parametrize("written", PLACEHOLDERS)
def test_what_names_no_book_is_a_placeholder(written: str) -> None:
    assert is_placeholder(written)


@pytest.mark.parametrize("written", IDENTIFIERS)
def test_what_may_name_a_book_is_none(written: str) -> None:
    assert not is_placeholder(written)


def test_the_first_identifier_that_names_a_book_is_taken() -> None:
    assert choose_identifier(["none", "urn:a", "urn:b"], "T", ["A"]) == "urn:a"


def test_without_any_the_title_and_the_authors_tell_books_apart() -> None:
    one = choose_identifier(["none"], "The Sea", ["Ann", "Bea"])
    assert one.startswith("sha256:")
    assert one == choose_identifier([], "the sea", ["Bea", "Ann"])
    assert one != choose_identifier([], "The Land", ["Ann", "Bea"])
    assert one != choose_identifier([], "The Sea", ["Ann"])


def test_one_that_is_too_long_is_shortened_to_a_hash() -> None:
    long = choose_identifier(["ab" * IDENTIFIER_LENGTH], "T", [])
    assert len(long) <= IDENTIFIER_LENGTH
    assert long != choose_identifier(["ac" * IDENTIFIER_LENGTH], "T", [])


def test_a_file_with_a_placeholder_takes_its_next_identifier() -> None:
    epub = small_book(identifier="none")
    assert read_epub(epub.open()).identifier.startswith("sha256:")
    epub.metadata += "<dc:identifier>urn:isbn:9780306406157</dc:identifier>"
    assert read_epub(epub.open()).identifier == "urn:isbn:9780306406157"
