"""What merging authors, genres and tags has in common: hold them, move what hangs on them, and let
their old addresses lead on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from sites.accounts.models import User
from sites.books.actions.versions import GoneMeanwhile
from sites.books.exceptions import BookError
from sites.books.models import Author, Book, Genre, Tag

Entry = TypeVar("Entry", Author, Genre, Tag)
Books = Callable[[Iterable[int]], "models.QuerySet[Any, int]"]

#: Entries merged at once: a page of duplicates that somebody has looked at.
MOST_MERGED = 20
#: Books that one merge moves: each is locked, and has its cover drawn anew within a minute.
MOST_MOVED = 500
#: Each fails only where a book is filed between two statements, which takes a person seconds.
ATTEMPTS = 10


class CannotMerge(BookError):
    """The chosen rows cannot become one; the text says why and what to do."""


class _Grew(Exception):
    """A book was filed while the others were being locked."""


def require_merge(by: User, entry: Author | Genre | Tag) -> None:
    """Who may delete a kind may merge it. Raises ``PermissionDenied``."""
    if not by.has_perm(f"books.delete_{entry._meta.model_name}"):
        raise PermissionDenied(
            _("Your role does not let you merge %(kind)s.")
            % {"kind": entry._meta.verbose_name_plural}
        )


def check_choice(target: Entry, others: Sequence[Entry]) -> list[int]:
    """Give the keys of the others, sorted. Raises ``CannotMerge``."""
    keys = sorted({other.pk for other in others} - {target.pk})
    if not keys:
        raise CannotMerge(_("Choose at least two: one that stays, and one that goes into it."))
    if len(keys) > MOST_MERGED:
        raise CannotMerge(
            _("At most %(most)d are merged at once. Choose fewer.") % {"most": MOST_MERGED}
        )
    return keys


def hold_to_merge(target: Entry, others: list[int], books_of: Books) -> tuple[Entry, list[Entry]]:
    """Lock the books of the others, by their keys, then all the entries, by theirs, until the
    transaction ends: the order of whoever saves a book. Gives the entries as they are then.

    Raises ``GoneMeanwhile`` and ``CannotMerge``.
    """
    for _attempt in range(ATTEMPTS):
        try:
            # A savepoint that is rolled back gives back the locks that were taken since (PostgreSQL).
            with transaction.atomic():
                return _hold(target, others, books_of)
        except _Grew:
            continue
    raise CannotMerge(_("Books are being filed there just now. Merge again in a minute."))


def _hold(target: Entry, others: list[int], books_of: Books) -> tuple[Entry, list[Entry]]:
    wanted = books_of(others)
    books = Book.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
    held = set(books.values_list("pk", flat=True)[: MOST_MOVED + 1])
    if len(held) > MOST_MOVED:
        raise CannotMerge(
            _("More than %(most)d books would move. Merge fewer at once.") % {"most": MOST_MOVED}
        )
    model: Any = type(target)
    keys = [*others, target.pk]
    rows = {
        row.pk: row
        for row in model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")
    }
    if target.pk not in rows or len(rows) != len(keys):
        raise GoneMeanwhile(str(target))
    if set(books_of(others)) - held:
        raise _Grew
    return rows[target.pk], [rows[key] for key in others]


def move_rows(
    model: type[models.Model], field: str, *, source: int, target: int, same: tuple[str, ...]
) -> int:
    """Point rows from ``source`` to ``target``; those that the target has already, by the columns
    ``same``, go. Gives how many moved."""
    manager = model._default_manager
    there = manager.filter(**{field: target}, **{name: OuterRef(name) for name in same})
    manager.filter(Exists(there), **{field: source}).delete()
    return manager.filter(**{field: source}).update(**{field: target})
