"""Ask for the books that have certain words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import OperationalError, connection
from django.db.models import QuerySet
from psycopg.errors import QueryCanceled

from sites.books.exceptions import BookError
from sites.books.models import Chapter
from sites.books.models.book import BookQuerySet
from sites.books.search.asked import askable
from sites.books.search.statement import LIMITS, RESULTS, SEARCH

#: Suggestions at the most: one line.
SUGGESTIONS: Final = 3


class SearchTooLong(BookError):
    """The words would take longer than a page may."""


@dataclass(frozen=True)
class Hit:
    """A book that was found, and the chapter that says the words best, where one does."""

    book: int
    #: The text search configuration of the book's language.
    config: str
    chapter: int | None = None
    number: int = 0
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class Found:
    """One page of hits, the best first, and what else is to say.

    ``count`` is that of all pages, at most ``RESULTS``; ``is_more`` says that there are others, which
    no page shows. With few hits ``suggestions`` has titles and names that are nearly the words, and
    ``near`` the books of those.
    """

    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    is_more: bool = False
    suggestions: list[str] = field(default_factory=list)
    near: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Among:
    """The books that may be found, and the languages that they are in: words are stemmed as each of
    them does. ``is_narrow`` says that they are a small part of the house."""

    books: BookQuerySet
    languages: Sequence[str]
    is_narrow: bool = False


@dataclass(frozen=True)
class Slice:
    """So many hits from a place on."""

    offset: int
    limit: int


def find_books(text: str, among: Among, part: Slice, *, now: datetime) -> Found:
    """Find the books that have the words in titles, names, blurbs, or chapters that are out.

    ``text`` is what a visitor typed: words, "quoted phrases", ``or`` and ``-excluded``; for languages
    without spaces words alone. Takes one query, bounded by the limits in ``statement``; raises
    ``SearchTooLong`` where they are not enough.
    """
    visible = _composed(among.books.order_by().values("pk"))
    readable = _composed(Chapter.objects.published(now).order_by().values("pk"))
    statement = (
        SEARCH.replace("NARROWED", " AND book_id IN (VISIBLE_BOOKS)" if among.is_narrow else "")
        .replace("VISIBLE_BOOKS", visible)
        .replace("READABLE_CHAPTERS", readable)
    )
    values = LIMITS | {
        "text": askable(text),
        "languages": list(among.languages),
        "now": now,
        "limit": max(0, min(part.limit, RESULTS - part.offset)),
        "offset": part.offset,
    }
    answer = _ask(statement, values)
    near = answer["near"]
    return Found(
        hits=[_hit(row) for row in answer["shown"]],
        count=min(answer["count"], RESULTS),
        is_more=answer["is_cut"] or answer["count"] > RESULTS,
        suggestions=list(dict.fromkeys(row["said"] for row in near))[:SUGGESTIONS],
        near=list(dict.fromkeys(row["book"] for row in near)),
    )


def _composed(rows: QuerySet[Any, Any]) -> str:
    """Give the SQL with its values inside, to stand in a statement that has values of its own."""
    sql, values = rows.query.sql_with_params()
    composed: str = connection.ops.compose_sql(sql, values)  # type: ignore[attr-defined]
    return composed.replace("%", "%%")


def _ask(statement: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Run the statements as one message, so that the settings hold for this transaction alone."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement, values)
        except OperationalError as error:
            if isinstance(error.__cause__, QueryCanceled):
                raise SearchTooLong from error
            raise
        while cursor.description is None:  # the settings answer nothing
            cursor.nextset()
        (answer,) = cursor.fetchone()
    read: dict[str, Any] = json.loads(answer)
    return read


def _hit(row: dict[str, Any]) -> Hit:
    return Hit(
        row["book"],
        row["config"],
        row["chapter"],
        row["number"] or 0,
        row["title"] or "",
        row["text"] or "",
    )
