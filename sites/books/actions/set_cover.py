"""Give a book a cover that somebody has sent, or the drawn one back."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.actions.steps import lock_book
from sites.books.models import Book
from sites.books.permissions import require_edit
from sites.books.pictures import derive_later
from storage import uploads


@transaction.atomic
def set_cover(book: Book, upload: UUID, *, by: User, now: datetime) -> Book:
    """Put a finished upload on the book. The former cover's files stay: another book may have the
    same; ``sweep_storage`` finds what nothing shows.

    Raises ``PermissionDenied``, ``GoneMeanwhile`` and ``UploadGone``.
    """
    kept = lock_book(book)
    require_edit(by, kept)
    found = uploads.attach(upload, "cover", by=by, now=now).result
    _write(kept, cover=found["cover"], ground=found["ground"], now=now)
    derive_later([found["cover"]])
    record_audit("book.cover", by=by, on=kept, now=now)
    return kept


@transaction.atomic
def take_cover_off(book: Book, *, by: User, now: datetime) -> None:
    """Have the cover drawn from the title again. Raises ``PermissionDenied`` and ``GoneMeanwhile``."""
    kept = lock_book(book)
    require_edit(by, kept)
    if (kept.cover.name or "").endswith(".svg"):
        return
    _write(kept, cover="", ground=kept.cover_ground, now=now)
    record_audit("book.cover", by=by, on=kept, now=now)
    transaction.on_commit(partial(draw_missing_cover, kept.pk), robust=True)


def _write(book: Book, *, cover: str, ground: str, now: datetime) -> None:
    # Not ``save()``: forms that are open on the book's facts do not hold its cover, and stay current.
    Book.objects.filter(pk=book.pk).update(cover=cover, cover_ground=ground, written_at=now)
