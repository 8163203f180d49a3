from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import models, transaction

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.merge_entries import (
    check_choice,
    hold_to_merge,
    move_rows,
    require_merge,
)
from sites.books.models import Book, Tag


@transaction.atomic
def merge_tags(target: Tag, others: Sequence[Tag], *, by: User, now: datetime) -> int:
    """Make several tags one; gives how many books were moved. Tags have no pages, so no address
    has to lead on.

    Raises ``PermissionDenied``, ``CannotMerge`` and ``GoneMeanwhile``.
    """
    require_merge(by, target)
    keys = check_choice(target, others)
    kept, gone = hold_to_merge(target, keys, books_of_tags)
    moved = len(set(books_of_tags(keys)))
    for row in gone:
        books = move_rows(Book.tags.through, "tag", source=row.pk, target=kept.pk, same=("book",))
        record_audit("tag.merge", by=by, on=row, now=now, into=kept.pk, books=books)
        row.delete()
    return moved


def books_of_tags(tags: Iterable[int]) -> models.QuerySet[Any, int]:
    """Give the keys of the books with one of these tags."""
    filed = Book.tags.through.objects.filter(tag__in=list(tags)).order_by()
    return filed.values_list("book", flat=True)
