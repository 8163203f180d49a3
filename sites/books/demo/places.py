"""Where the demo reader is in some of the demo books, so that "continue" has something to show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sites.accounts.models import User
from sites.accounts.roles import READER
from sites.books.demo.people import email_of
from sites.books.demo.shelf import identifier
from sites.books.models import Book, Chapter, ReadingProgress


class DemoPlace(NamedTuple):
    """``fraction`` of the chapter, read ``hours_ago``."""

    slug: str
    number: int
    fraction: float
    hours_ago: float


PLACES: Final = (
    DemoPlace("laut-yang-mengingat-nama", 4, 0.46, 5.0),
    DemoPlace("the-salt-road", 3, 0.71, 27.0),
    DemoPlace("kopi-pahit", 2, 0.18, 51.0),
    DemoPlace("small-gods-of-the-harbour", 1, 0.83, 196.0),
)


def keep_demo_places(*, new_books: Sequence[Book], is_new_reader: bool, now: datetime) -> None:
    """Keep the demo reader's places in books that are new, or in all where the reader is new."""
    reader = User.objects.filter(email=email_of(READER)).first()
    if reader is None or not (new_books or is_new_reader):
        return
    wanted = {(identifier(place.slug), place.number): place for place in PLACES}
    chapters = Chapter.objects.filter(
        book__identifier__in={key for key, _number in wanted}
    ).select_related("book")
    if not is_new_reader:
        chapters = chapters.filter(book__in=new_books)
    ReadingProgress.objects.bulk_create(
        (
            _progress(reader, chapter, wanted[key], now)
            for chapter in chapters
            if (key := (chapter.book.identifier or "", chapter.number)) in wanted
        ),
        ignore_conflicts=True,  # a reader who has gone elsewhere stays there
    )


def _progress(reader: User, chapter: Chapter, place: DemoPlace, now: datetime) -> ReadingProgress:
    from sites.books.text.blocks import read_blocks
    from sites.books.text.tokens import split_clean

    blocks = read_blocks(split_clean(chapter.text))
    at = blocks[int(place.fraction * len(blocks))].id if blocks else ""
    return ReadingProgress(
        user=reader,
        book=chapter.book,
        chapter=chapter,
        paragraph=at,
        fraction=place.fraction,
        updated_at=now - timedelta(hours=place.hours_ago),
    )
