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
from sites.books.models import Book, Genre, MergedSlug


@transaction.atomic
def merge_genres(target: Genre, others: Sequence[Genre], *, by: User, now: datetime) -> int:
    """Make several genres one: their books stand in ``target``, and their addresses lead to it.
    Gives how many books were moved.

    Raises ``PermissionDenied``, ``CannotMerge`` and ``GoneMeanwhile``.
    """
    require_merge(by, target)
    keys = check_choice(target, others)
    kept, gone = hold_to_merge(target, keys, books_of_genres)
    moved = len(set(books_of_genres(keys)))
    for row in gone:
        books = move_rows(
            Book.genres.through, "genre", source=row.pk, target=kept.pk, same=("book",)
        )
        MergedSlug.objects.filter(genre=row).update(genre=kept)
        MergedSlug.objects.update_or_create(slug=row.slug, author=None, defaults={"genre": kept})
        record_audit("genre.merge", by=by, on=row, now=now, into=kept.pk, books=books)
        row.delete()
    return moved


def books_of_genres(genres: Iterable[int]) -> models.QuerySet[Any, int]:
    """Give the keys of the books in one of these genres."""
    filed = Book.genres.through.objects.filter(genre__in=list(genres)).order_by()
    return filed.values_list("book", flat=True)
