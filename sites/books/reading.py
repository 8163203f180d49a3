"""Questions that reading asks: what comes before and after this chapter, and where was I?

Selectors: they read and never write, and show nothing that the person who asks may not read.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, cast

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from sites.accounts.models import Person, User
from sites.books.models import Book, Chapter, ReadingProgress
from sites.books.models.book import cover_names

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Found(TypedDict):
        is_readable: bool
        next_id: int | None
        last_number: int

    Row = WithAnnotations[ReadingProgress, _Found]

#: From here on a chapter counts as read: browsers round the last pixel of a scroll.
FINISHED = 0.999

#: Chapters on one page of contents: most books have fewer, and a phone scrolls through them in
#: seconds.
CONTENTS_LIMIT = 200

SHELF_LIMIT = 7  # one shelf row of a wide screen


@dataclass(frozen=True)
class Around:
    """The chapters around one; ``previous`` and ``next`` skip what the person may not read."""

    previous: Chapter | None
    next: Chapter | None
    last_number: int


@dataclass(frozen=True)
class Place:
    """Where a person goes on reading: within a chapter, or at the start of the next one.

    ``paragraph`` is empty and ``fraction`` 0.0 at a start. ``is_finished`` is true where the last
    chapter there is has been read to its end; ``chapter`` is that one then. ``last_number`` is the
    number of the last chapter that the person may read.
    """

    book: Book
    chapter: Chapter
    last_number: int
    paragraph: str = ""
    fraction: float = 0.0
    is_finished: bool = False

    @property
    def anchor(self) -> str:
        """The end of the chapter's address that leads to the paragraph, such as ``#p-2c3d4e5f``."""
        return f"#{self.paragraph}" if self.paragraph else ""

    @property
    def is_begun(self) -> bool:
        """Has anything of the chapter been read?"""
        return bool(self.paragraph) or self.fraction > 0

    @property
    def share(self) -> str:
        """How far the place is in its chapter, 0 to 1, as scripts read it in any language."""
        return f"{self.fraction:.6f}"

    @property
    def percent(self) -> int:
        """How far the place is in the book, 0 to 100, each chapter counting the same."""
        return round(100 * (self.chapter.number - 1 + self.fraction) / max(self.last_number, 1))

    @property
    def minutes_left(self) -> int:
        """Minutes to the chapter's end, at least one."""
        return max(1, math.ceil(self.chapter.minutes * (1 - self.fraction)))


def around(user: Person, chapter: Chapter, now: datetime | None = None) -> Around:
    """Find the neighbours of a chapter and the book's last number, in one query."""
    readable = (
        Chapter.objects.readable_by(user, now)
        .filter(book=chapter.book_id)
        .only("number", "title", "book_id")
    )
    before = readable.filter(number__lt=chapter.number).order_by("-number")[:1]
    after = readable.filter(number__gt=chapter.number).order_by("number")[:1]
    last = readable.order_by("-number")[:1]
    found = {row.number: row for row in before.union(after, last)}
    earlier = [number for number in found if number < chapter.number]
    later = [number for number in found if number > chapter.number]
    return Around(
        previous=found[max(earlier)] if earlier else None,
        next=found[min(later)] if later else None,
        last_number=max(found, default=chapter.number),
    )


def place_in(user: Person, book: Book, now: datetime | None = None) -> Place | None:
    """Give the place where a person goes on in a book, in at most two queries.

    ``None`` before the first page, without an account, and where nothing more can be read.
    """
    if not isinstance(user, User):
        return None
    return next(iter(_places(_progress(user, now).filter(book=book))), None)


def continuing(
    user: Person, *, limit: int = SHELF_LIMIT, now: datetime | None = None
) -> list[Place]:
    """Give the books that a person is in the middle of, with their authors, the latest read first,
    in at most three queries. A finished book comes back when its next chapter is out."""
    if not isinstance(user, User):
        return []
    unfinished = Q(next_id__isnull=False) | Q(fraction__lt=FINISHED)
    rows = _progress(user, now).filter(unfinished).prefetch_related(cover_names("book__"))
    rows = rows.order_by("-updated_at", "-pk")
    return _places(rows[:limit])


def _progress(user: User, now: datetime | None) -> QuerySet[Row]:
    """Give a person's places with what decides where each of them leads."""
    readable = Chapter.objects.readable_by(user, now)
    in_book = readable.filter(book=OuterRef("book")).values("number")
    after = readable.filter(book=OuterRef("book"), number__gt=OuterRef("chapter__number"))
    found = (
        ReadingProgress.objects.filter(user=user)
        .annotate(
            is_readable=Exists(readable.filter(pk=OuterRef("chapter"))),
            next_id=Subquery(after.in_order().values("pk")[:1]),
            last_number=Coalesce(Subquery(in_book.order_by("-number")[:1]), 0),
        )
        .select_related("book", "chapter")
        .defer("chapter__text", "book__synopsis")
    )
    return cast("QuerySet[Row]", found)


def _places(found: Iterable[Row]) -> list[Place]:
    """Resolve places; what is hidden by now with nothing after it leads nowhere and is left out."""
    # Sorted out here, because every condition on the annotations would be planned once more.
    rows = [row for row in found if row.is_readable or row.next_id]
    onward = {row.pk: row.next_id for row in rows if _goes_on(row) and row.next_id}
    chapters = Chapter.objects.without_text().in_bulk(onward.values()) if onward else {}
    return [_place(row, chapters.get(onward.get(row.pk, 0))) for row in rows]


def _goes_on(row: Row) -> bool:
    """Is the kept chapter read to its end, or hidden by now?"""
    return row.fraction >= FINISHED or not row.is_readable


def _place(row: Row, onward: Chapter | None) -> Place:
    if onward:
        return Place(row.book, onward, row.last_number)
    return Place(
        row.book,
        row.chapter,
        row.last_number,
        row.paragraph,
        row.fraction,
        is_finished=row.fraction >= FINISHED,
    )
