"""What the house holds about a person, part by part: to be exported, and to be erased.

Every app registers its part in ``AppConfig.ready()``. A test walks all foreign keys to accounts and
fails when one belongs to no part and has no reason in ``NOT_EXPORTED``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from sites.accounts.models import User

#: Rows of one list in an export: more than any person has made by hand; bounds memory and time.
MOST_ROWS = 20_000

#: Columns that point to accounts and are in no export → why.
NOT_EXPORTED = {
    "accounts.session.user": "the key of a session opens it; what it tells is in `sessions`",
    "admin.logentry.user": "Django's own list of clicks at the desks; the audit log has the actions",
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Wishes:
    """What a person asks for when they erase their account. ``nameless``: their name goes from the
    covers of their books, too."""

    nameless: bool = False


@dataclass(frozen=True)
class Part:
    """One part of what is held. ``key`` names it in the export, ``label`` to people; ``columns`` are
    the foreign keys to accounts that it answers for, as ``app.model.field``.

    ``read`` gives one record or a list of them, with plain values only. ``forget`` removes what does
    not go with the account's row by itself; it runs in the transaction of the erasure, before that.
    """

    key: str
    label: str | Promise
    columns: frozenset[str]
    read: Callable[[User], Row | list[Row]]
    forget: Callable[[User, Wishes, datetime], None] | None = None


_parts: dict[str, Part] = {}


def register(*parts: Part) -> None:
    """Add parts; a second one with the same key takes the place of the first."""
    _parts.update({part.key: part for part in parts})


def parts() -> list[Part]:
    return list(_parts.values())


def export(user: User) -> dict[str, Row | list[Row]]:
    """Give everything held about a person, by the keys of the parts."""
    return {part.key: part.read(user) for part in parts()}


def rows(found: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Give the rows of a ``QuerySet.values()``, at most ``MOST_ROWS``."""
    return [dict(row) for row in found[:MOST_ROWS]]  # type: ignore[index]  # a QuerySet
