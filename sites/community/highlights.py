"""What is marked in a chapter and in a book, as pages and exports show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.db.models.functions import MD5

from sites.accounts.models import Person, User
from sites.books.models import Book, Chapter
from sites.books.text.passages import find_passage, parts_of
from sites.books.text.running_text import Part, RunningText, read_running_text
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
    shared = Highlight.objects.filter(chapter=chapter).shown_to(user).of_others(user)
    found_own = list(own.order_by("place", "pk")[:MOST_IN_CHAPTER])
    found_shared = list(shared.select_related("author").order_by("-pk")[:MOST_SHARED])
    if not found_own and not found_shared:
        return [], []  # most chapters, whose text need not be read for that
    text = read_running_text(chapter.text)

    def marked(found: Iterable[Highlight]) -> list[Marked]:
        return [Marked(one, parts_of(text, one.passage)) for one in found]

    return marked(found_own), [one for one in marked(found_shared) if one.parts]


def own_in(user: User, book: Book) -> HighlightQuerySet:
    """Give a person's highlights in a book, in order, with their chapters but not the texts."""
    own = Highlight.objects.of(user).in_book(book).in_order()
    return own.select_related("chapter").defer("chapter__text")


def listed(highlights: Iterable[Highlight]) -> list[Listed]:
    """Say of each of ``own_in`` whether its words are gone, in one query, and one more where chapters
    were edited since."""
    shown = list(highlights)
    texts = _edited({(one.chapter_id, one.digest) for one in shown}) if shown else {}
    return [Listed(one, is_gone=_is_gone(one, texts.get(one.chapter_id))) for one in shown]


def all_listed(highlights: HighlightQuerySet) -> Iterator[Listed]:
    """Do so for any number of them, a chapter's worth at a time."""
    found = highlights.iterator(chunk_size=MOST_IN_CHAPTER)
    while chunk := list(islice(found, MOST_IN_CHAPTER)):
        yield from listed(chunk)


def _edited(marked: set[tuple[int, str]]) -> dict[int, RunningText]:
    """Read the texts of those chapters that are not what they were when somebody marked something."""
    chapters = Chapter.objects.filter(pk__in={chapter for chapter, _ in marked})
    now = dict(chapters.values_list("pk", MD5("text")))
    edited = {chapter for chapter, digest in marked if now.get(chapter) != digest}
    if not edited:
        return {}
    texts = Chapter.objects.filter(pk__in=edited).values_list("pk", "text")
    return {pk: read_running_text(text) for pk, text in texts}


def _is_gone(highlight: Highlight, text: RunningText | None) -> bool:
    return text is not None and find_passage(text, highlight.passage) is None
