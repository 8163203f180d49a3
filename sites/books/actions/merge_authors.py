from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.actions.merge_entries import (
    CannotMerge,
    check_choice,
    hold_to_merge,
    move_rows,
    require_merge,
)
from sites.books.models import Author, AuthorInvitation, Authorship, Follow, MergedSlug
from sites.books.permissions import require_link_account

#: What hangs on an author's name, and what may stand there once only.
_HANGS_ON: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
    (Authorship, ("book", "role")),
    (AuthorInvitation, ("book", "role")),
    (Follow, ("user",)),
)


@transaction.atomic
def merge_authors(target: Author, others: Sequence[Author], *, by: User, now: datetime) -> int:
    """Make several names one: the books, invitations and followers of the others become those of
    ``target``, and their addresses lead to it. Gives how many books got another name.

    The account behind a name comes along; two different accounts are not merged. Raises
    ``PermissionDenied``, ``CannotMerge`` and ``GoneMeanwhile``.
    """
    require_merge(by, target)
    keys = check_choice(target, others)
    kept, gone = hold_to_merge(target, keys, books_of_authors)
    accounts = {row.user_id for row in (kept, *gone) if row.user_id is not None}
    if len(accounts) > 1:
        raise CannotMerge(
            _("There are different accounts behind these names. Take the others off first.")
        )
    if accounts:
        require_link_account(by)
    moved = sorted(set(books_of_authors(keys)))
    for row in gone:
        books, *_others = [
            move_rows(model, "author", source=row.pk, target=kept.pk, same=same)
            for model, same in _HANGS_ON
        ]
        _lead_on(row, kept)
        record_audit("author.merge", by=by, on=row, now=now, into=kept.pk, books=books)
        row.delete()
    if accounts:
        kept.user_id = accounts.pop()
        kept.save(update_fields=["user"])
    for book in moved:
        transaction.on_commit(partial(draw_missing_cover, book, again=True), robust=True)
    return len(moved)


def books_of_authors(authors: Iterable[int]) -> models.QuerySet[Any, int]:
    """Give the keys of the books with one of these names."""
    named = Authorship.objects.filter(author__in=list(authors)).order_by()
    return named.values_list("book", flat=True)


def _lead_on(gone: Author, kept: Author) -> None:
    MergedSlug.objects.filter(author=gone).update(author=kept)
    MergedSlug.objects.update_or_create(slug=gone.slug, genre=None, defaults={"author": kept})
