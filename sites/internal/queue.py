"""The office's first screen: what waits, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from sites.accounts.models import User
from sites.books.models import Book, Chapter, Status

SHOWN = 20  # a screen; the whole list is one link away


@dataclass(frozen=True)
class Queue:
    """What waits, for one person; each part is ``None`` where they may not see it."""

    chapters: list[Chapter] | None
    books: list[Book] | None
    newcomers: list[User] | None


def waiting(user: User) -> Queue:
    """Give the drafts that wait longest, and the accounts that joined last; four queries."""
    return Queue(
        chapters=list(_chapters()[:SHOWN]) if user.has_perm("books.view_chapter") else None,
        books=list(_books()[:SHOWN]) if user.has_perm("books.view_book") else None,
        newcomers=list(_newcomers()[:SHOWN]) if user.has_perm("accounts.view_user") else None,
    )


def _chapters() -> QuerySet[Chapter]:
    drafts = Chapter.objects.filter(status=Status.DRAFT).select_related("book").defer("text")
    return drafts.order_by("created_at", "pk")


def _books() -> QuerySet[Book]:
    return Book.objects.filter(status=Status.DRAFT).for_cards().order_by("created_at", "pk")


def _newcomers() -> QuerySet[User]:
    return User.objects.order_by("-pk")
