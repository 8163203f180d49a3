from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.hold_book import BookIsBusy, hold_book
from sites.books.actions.versions import ChangedMeanwhile, GoneMeanwhile
from sites.books.exceptions import BookError
from sites.books.models import Book, Chapter
from sites.books.permissions import require_edit

#: Chapters of a book that can be ordered by hand; the longest serials have a few hundred. All of
#: them stand on one page and move in one statement.
MOST_CHAPTERS: Final = 2_000


class TooManyChapters(BookError):
    """A book has more chapters than anybody orders by hand."""

    def __init__(self, title: str) -> None:
        super().__init__(
            _("“%(title)s” has more than %(limit)s chapters. Divide it into several books first.")
            % {"title": title, "limit": MOST_CHAPTERS}
        )


@transaction.atomic
def order_chapters(
    book: Book, uids: Sequence[str], *, by: User, now: datetime, seen: Sequence[str]
) -> int:
    """Number a book's chapters from 1 in the order of ``uids``; give how many got another number.

    ``seen`` is the order that the writer saw, as uids. Readers' places stay: they point at chapters
    and not at numbers. So do open forms on a chapter: its number is no part of what one writes.

    Raises ``PermissionDenied`` where ``by`` may not edit the book, ``ChangedMeanwhile`` where the
    chapters are no longer those of ``seen`` in their order, or ``uids`` are not the same ones,
    ``GoneMeanwhile`` and ``TooManyChapters``.
    """
    require_edit(by, book)  # before any lock: whoever may not write keeps nobody waiting
    try:
        held = hold_book(book)
    except BookIsBusy as busy:
        raise ChangedMeanwhile(book.title) from busy
    if held is None:
        raise GoneMeanwhile(book.title)
    kept, chapters = held
    require_edit(by, kept)
    if len(chapters) > MOST_CHAPTERS:
        raise TooManyChapters(kept.title)
    wanted = {uid: number for number, uid in enumerate(uids, start=1)}
    stored = [chapter.uid for chapter in chapters]
    if stored != list(seen) or len(wanted) != len(uids) or wanted.keys() != set(stored):
        raise ChangedMeanwhile(kept.title)
    moved = [chapter for chapter in chapters if chapter.number != wanted[chapter.uid]]
    if not moved:
        return 0
    for chapter in moved:
        chapter.number = wanted[chapter.uid]
    # One statement: the constraint on numbers is deferred, and looks when all have moved.
    Chapter.objects.bulk_update(moved, ["number"], batch_size=MOST_CHAPTERS)
    Book.objects.filter(pk=kept.pk).update(written_at=now)
    record_audit("book.order_chapters", by=by, on=kept, now=now, moved=len(moved))
    return len(moved)
