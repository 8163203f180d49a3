"""What goes into the file of a book: read from the database, before anything is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.db.models import Sum
from django.db.models.functions import Length

from sites.books.exporters import limits
from sites.books.exporters.errors import NothingToExport, TooMuchToExport
from sites.books.exporters.names import identifier_of
from sites.books.models import Book, Chapter
from sites.books.models.chapter import ChapterQuerySet

#: Part of every version: files are made anew when the way of writing them changes.
RECIPE: Final = "1"


@dataclass(frozen=True, slots=True)
class Person:
    """A name on the cover; ``role`` is one of ``Authorship.Role``."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class EditionChapter:
    uid: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Edition:
    """A book as its file will hold it. ``cover`` is a key of the storage, or ""."""

    identifier: str
    title: str
    subtitle: str
    language: str
    direction: str
    writing_mode: str
    description: str
    people: tuple[Person, ...]
    subjects: tuple[str, ...]
    cover: str
    modified: datetime
    chapters: tuple[EditionChapter, ...]


def read_edition(book: Book, *, drafts: bool, now: datetime) -> Edition:
    """Read the edition of a book: with ``drafts`` all that is written, else what is out at ``now``.

    Raises ``NothingToExport`` and ``TooMuchToExport``.
    """
    rows = _chapters(book, drafts=drafts, now=now)
    length = rows.order_by().aggregate(total=Sum(Length("text")))["total"] or 0
    if length > limits.TEXT:
        raise TooMuchToExport(book.title, length, limits.TEXT)
    chapters = list(rows[: limits.CHAPTERS + 1])
    if not chapters:
        raise NothingToExport(book.title)
    if len(chapters) > limits.CHAPTERS:
        raise TooMuchToExport(book.title, len(chapters), limits.CHAPTERS)
    return Edition(
        identifier=identifier_of(book),
        title=book.title,
        subtitle=book.subtitle,
        language=book.language,
        direction=book.direction,
        writing_mode=book.writing_mode,
        description=book.synopsis,
        people=_people(book),
        subjects=tuple(book.tags.order_by("name").values_list("name", flat=True)),
        cover=book.cover.name or "",
        modified=_modified(book, chapters),
        chapters=tuple(EditionChapter(each.uid, each.title, each.text) for each in chapters),
    )


def version_of(book: Book, *, drafts: bool, now: datetime) -> str:
    """Give a hash that changes with anything that the edition holds, without reading the texts.

    Every writer of a chapter's title or text moves its ``updated_at``.
    """
    rows = _chapters(book, drafts=drafts, now=now).values_list("uid", "number", "updated_at")
    facts = [
        RECIPE,
        identifier_of(book),
        *(book.title, book.subtitle, book.language, book.direction, book.writing_mode),
        *(book.synopsis, book.cover.name or "", str(book.updated_at)),
        [[person.name, person.role] for person in _people(book)],
        list(book.tags.order_by("name").values_list("name", flat=True)),
        [[uid, number, str(changed)] for uid, number, changed in rows[: limits.CHAPTERS + 1]],
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


def _chapters(book: Book, *, drafts: bool, now: datetime) -> ChapterQuerySet:
    rows = Chapter.objects.filter(book=book)
    return (rows if drafts else rows.published(now)).in_order()


def _people(book: Book) -> tuple[Person, ...]:
    rows = book.authorships.select_related("author").order_by("position", "pk")
    return tuple(Person(row.author.name, row.role) for row in rows)


def _modified(book: Book, chapters: Sequence[Chapter]) -> datetime:
    """Give when anything in it was last changed: the same content has the same date."""
    return max([book.updated_at, *(chapter.updated_at for chapter in chapters)]).astimezone(UTC)
