"""The writing desk's first screen: one's own books, each with the last sentence written in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Right

from sites.accounts.models import User
from sites.books.models import Book, Chapter
from sites.books.models.book import BookQuerySet
from sites.books.permissions import is_editor
from sites.books.text.tokens import plain_text

BOOKS_SHOWN = 12  # two shelves of a wide screen; the others are in the list
#: Characters of the chapter's end that are fetched: several paragraphs with their tags.
END_FETCHED = 3000
LONGEST_SENTENCE = 200  # characters: three lines under a cover

_PARAGRAPH = re.compile(r"<(?:p|h[2-6]|li|blockquote|pre|dd|dt|td|figcaption)\b[^>]*>")
_SENTENCE_START = re.compile(r"(?<=[.!?…؟۔])[\"'”’»)\]]*\s+|(?<=[。！？])[」』）”]*(?=[^」』）”])")


@dataclass(frozen=True)
class Unfinished:
    """A book on the desk; ``chapter`` is the one that was written in last, if there is any."""

    book: Book
    chapter: Chapter | None
    last_sentence: str


def books_of(user: User) -> BookQuerySet:
    """Give the books that lie on a person's desk: their own, for editors all."""
    return Book.objects.all() if is_editor(user) else Book.objects.of_user(user)


def continue_writing(user: User) -> list[Unfinished]:
    """Give the books that were worked on last, the latest first, in two queries."""
    of_book = Chapter.objects.filter(book=OuterRef("pk")).order_by("-updated_at", "-pk")
    books = books_of(user).defer("synopsis").annotate(latest_id=Subquery(of_book.values("pk")[:1]))
    shown: list[Any] = list(books.order_by("-written_at", "-pk")[:BOOKS_SHOWN])
    chapters = (
        Chapter.objects.without_text()
        .annotate(end=Right("text", END_FETCHED))
        .order_by()
        .in_bulk([book.latest_id for book in shown if book.latest_id])
    )
    return [_unfinished(book, chapters.get(book.latest_id)) for book in shown]


def _unfinished(book: Book, chapter: Chapter | None) -> Unfinished:
    end = chapter.end if chapter else ""  # type: ignore[attr-defined]  # annotated above
    return Unfinished(book, chapter, last_sentence(end))


def last_sentence(end: str) -> str:
    """Give the last sentence of clean HTML that may be cut off at its beginning."""
    tag_end, tag_start = end.find(">"), end.find("<")
    if 0 <= tag_end < tag_start or tag_start < 0 <= tag_end:
        end = end[tag_end + 1 :]  # the cut went through a tag
    for paragraph in reversed(_PARAGRAPH.split(end)):
        words = " ".join(plain_text(paragraph).split())
        if any(letter.isalnum() for letter in words):
            sentence = _SENTENCE_START.split(words)[-1]
            return sentence if len(sentence) <= LONGEST_SENTENCE else _cut(sentence)
    return ""


def _cut(sentence: str) -> str:
    """Keep the end of a long sentence, from a word on: that is where the writer stopped."""
    kept = sentence[-LONGEST_SENTENCE + 1 :]
    return "…" + (kept.partition(" ")[2] or kept)
