"""What is marked in a chapter and in a book, as pages and exports show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet

from sites.accounts.models import Person, User
from sites.books.models import Book, Chapter
from sites.books.text.passages import find_passage, parts_of
from sites.books.text.running_text import Part, read_running_text
from sites.community.actions.keep_highlight import MOST_IN_CHAPTER
from sites.community.models import Highlight
from sites.community.models.highlight import HighlightQuerySet

#: Highlights of others on one chapter's page, the newest: more would be all of its text.
MOST_SHARED: Final = 100
#: Books in the list of those in which somebody marked something.
BOOKS_OF_A_PAGE: Final = 40


@dataclass(frozen=True)
class Marked:
    """A highlight with the parts of paragraphs that it covers now; none where its words are gone."""

    highlight: Highlight
    parts: list[Part]


@dataclass(frozen=True)
class Listed:
    """A highlight in a list; ``is_gone`` says that its words are no longer in the chapter."""

    highlight: Highlight
    is_gone: bool


def marked_in(user: Person, chapter: Chapter) -> tuple[list[Marked], list[Marked]]:
    """Give a person's own highlights in a chapter, and others' that they see, in two queries."""
    own = Highlight.objects.none()
    if isinstance(user, User):
        own = Highlight.objects.of(user).filter(chapter=chapter)
    shared = Highlight.objects.shared_with(user).filter(chapter=chapter)
    text = read_running_text(chapter.text)

    def marked(found: Iterable[Highlight]) -> list[Marked]:
        return [Marked(one, parts_of(text, one.passage)) for one in found]

    return (
        marked(own.order_by("place", "pk")[:MOST_IN_CHAPTER]),
        [
            one
            for one in marked(shared.select_related("author").order_by("-pk")[:MOST_SHARED])
            if one.parts
        ],
    )


def own_in(user: User, book: Book) -> HighlightQuerySet:
    """Give a person's highlights in a book, in order, with their chapters but not the texts."""
    own = Highlight.objects.of(user).in_book(book).in_order().with_digest()
    return own.select_related("chapter").defer("chapter__text")


def listed(highlights: Iterable[Highlight]) -> list[Listed]:
    """Say of each of ``own_in`` whether its words are gone; the texts that were edited since are read
    in one query, where there are any."""
    shown = list(highlights)
    edited = {one.chapter_id for one in shown if one.digest != _digest_now(one)}
    texts = (
        {pk: read_running_text(text) for pk, text in _texts(edited).iterator()} if edited else {}
    )
    return [
        Listed(
            one,
            is_gone=one.chapter_id in texts
            and find_passage(texts[one.chapter_id], one.passage) is None,
        )
        for one in shown
    ]


def _texts(chapters: set[int]) -> QuerySet[Chapter, tuple[int, str]]:
    return Chapter.objects.filter(pk__in=chapters).values_list("pk", "text")


def _digest_now(highlight: Highlight) -> str:
    now: str = highlight.digest_now  # type: ignore[attr-defined]  # added by with_digest
    return now
