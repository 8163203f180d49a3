"""Hold a book with all its chapters. The order of locks, for whoever writes to both: the chapters,
by their keys, then the book, then readers' places. Whoever adds a chapter locks the book alone."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from sites.books.importers.errors import ImportRefused
from sites.books.importers.readable import short_name
from sites.books.models import Book, Chapter

#: Each fails only where a chapter is added between two statements, which takes a person seconds.
ATTEMPTS: Final = 10


class BookIsBusy(ImportRefused):
    """Chapters were added faster than they could be held."""

    def __init__(self, title: str) -> None:
        super().__init__(
            _("Chapters are being added to %(title)s: import again in a minute.")
            % {"title": short_name(title)}
        )


class _Grew(Exception):
    """A chapter was added while the others were being locked."""


def hold_book(found: Book) -> tuple[Book, list[Chapter]] | None:
    """Lock a book and all its chapters until the transaction ends; give both as they are then, the
    chapters in order. None when the book was deleted meanwhile.

    A chapter that is added between the two locks cannot be locked after the book: its writer may
    hold it, and wait for the book. So both locks are given back, and taken again. Raises
    ``BookIsBusy``.
    """
    for _attempt in range(ATTEMPTS):
        try:
            # A savepoint that is rolled back gives back the locks that were taken since (PostgreSQL).
            with transaction.atomic():
                return _hold(found)
        except _Grew:
            continue
    raise BookIsBusy(found.title)


def _hold(found: Book) -> tuple[Book, list[Chapter]] | None:
    held = _lock_chapters(found)
    book = Book.objects.select_for_update(no_key=True).filter(pk=found.pk).first()
    if book is None:
        return None
    chapters = list(Chapter.objects.filter(book=book).in_order())
    if any(chapter.pk not in held for chapter in chapters):
        raise _Grew
    return book, chapters


def _lock_chapters(book: Book) -> set[int]:
    own = Chapter.objects.filter(book=book).order_by("pk")
    return set(own.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
