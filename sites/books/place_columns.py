"""A reader's places as columns of a statement that asks for the reader, too.

``sites.books.reading`` says what a place is, for everybody and with what comes along; here it is said
once more, in SQL, for readers who work on no book. Tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from sites.books.models import Book, Chapter
from sites.books.reading import FINISHED, Place
from sites.books.text.words import reading_minutes


def _is_out(table: str) -> str:
    return f"""({table}.status = 'published'
        AND ({table}.publish_at IS NULL OR {table}.publish_at <= %(now)s))"""


_PLACES: Final = f"""
    SELECT p.book_id, b.slug, c.number, c.words, p.paragraph, p.fraction, p.updated_at, p.id,
        {_is_out("b")} AND {_is_out("c")} AS is_readable,
        following.number AS next_number, following.words AS next_words,
        CASE WHEN {_is_out("b")} THEN coalesce((SELECT max(a.number) FROM books_chapter a
            WHERE a.book_id = p.book_id AND {_is_out("a")}), 0) ELSE 0 END AS last_number
    FROM books_readingprogress p
    JOIN books_book b ON b.id = p.book_id
    JOIN books_chapter c ON c.id = p.chapter_id
    LEFT JOIN LATERAL (SELECT a.number, a.words FROM books_chapter a
        WHERE a.book_id = p.book_id AND a.number > c.number AND {_is_out("a")} AND {_is_out("b")}
        ORDER BY a.number LIMIT 1) following ON TRUE
    WHERE p.user_id = u.id"""  # noqa: S608 - made of constants alone

#: Of the book whose slug is ``%(slug)s``.
PLACE_IN_BOOK: Final = f"""
    (SELECT row_to_json(found) FROM ({_PLACES} AND b.slug = %(slug)s) found) AS place"""  # noqa: S608


def continuing(limit: int) -> str:
    """Give the column of so many places in books that the person is in the middle of, as
    ``sites.books.reading.continuing`` finds them."""
    return f"""
    (SELECT json_agg(found ORDER BY found.updated_at DESC, found.id DESC) FROM ({_PLACES}
        AND (following.number IS NOT NULL OR p.fraction < {FINISHED})
        ORDER BY p.updated_at DESC, p.id DESC LIMIT {int(limit)}) found) AS places"""  # noqa: S608


@dataclass(frozen=True)
class _Book:
    """What is known of a place's book."""

    pk: int
    slug: str


@dataclass(frozen=True)
class _Chapter:
    """What is known of a place's chapter."""

    number: int
    words: int

    @property
    def minutes(self) -> int:
        return reading_minutes(self.words)


def place_of(row: Mapping[str, Any] | None) -> Place | None:
    """Give the place that a row of these columns tells, if it leads anywhere. Its book knows its key
    and its slug, its chapter its number and its length."""
    if row is None or not (row["is_readable"] or row["next_number"]):
        return None
    book = cast(Book, _Book(row["book_id"], row["slug"]))
    is_finished = row["fraction"] >= FINISHED
    if (is_finished or not row["is_readable"]) and row["next_number"]:
        onward = cast(Chapter, _Chapter(row["next_number"], row["next_words"]))
        return Place(book, onward, row["last_number"])
    here = cast(Chapter, _Chapter(row["number"], row["words"]))
    return Place(
        book,
        here,
        row["last_number"],
        row["paragraph"],
        row["fraction"],
        is_finished=is_finished,
    )


def places_of(rows: list[Mapping[str, Any]] | None) -> list[Place]:
    """Give the places of a column by ``continuing``."""
    return [place for row in rows or () if (place := place_of(row)) is not None]
