"""What stands on a reader's shelves, and what they follow. Selectors: they read and never write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from sites.accounts.models import Person, User
from sites.books.models import Author, Book, Follow, ReadingProgress, Shelf, ShelvedBook
from sites.books.models.book import BookQuerySet

#: Books on one shelf of the page with all four: two rows of a wide screen.
SHOWN_OF_EACH: Final = 14
#: Names and books in the list of what is followed.
FOLLOWED_SHOWN: Final = 100


@dataclass(frozen=True)
class Kept:
    """How a reader keeps one book: its ``shelf`` or nothing, and whether it is followed."""

    shelf: str = ""
    is_followed: bool = False

    @property
    def shelf_name(self) -> str:
        return str(Shelf(self.shelf).label) if self.shelf else ""


def kept_by(user: Person, book: Book) -> Kept:
    """Say how a person keeps a book, in one query; a book that they have begun and put on no shelf
    stands among those they are reading."""
    if not isinstance(user, User):
        return Kept()
    found = (
        Book.objects.filter(pk=book.pk)
        .annotate(
            is_followed=Exists(Follow.objects.filter(user=user, book=OuterRef("pk"))),
            is_begun=Exists(ReadingProgress.objects.filter(user=user, book=OuterRef("pk"))),
            shelf=ShelvedBook.objects.filter(user=user, book=OuterRef("pk")).values("shelf")[:1],
        )
        .values_list("shelf", "is_begun", "is_followed")
        .first()
    )
    if found is None:
        return Kept()
    shelf, is_begun, is_followed = found
    return kept(shelf, begun=is_begun, followed=is_followed)


def kept(shelf: str | None, *, begun: bool, followed: bool) -> Kept:
    """Give how a book is kept that was put on ``shelf`` or on none."""
    return Kept(shelf or (Shelf.READING if begun else ""), followed)


def on_shelf(user: User, shelf: str, now: datetime) -> BookQuerySet:
    """Give the books on a shelf that the reader may still see, the last placed first."""
    placed = ShelvedBook.objects.filter(user=user, book=OuterRef("pk"))
    here = Q(Exists(placed.filter(shelf=shelf)))
    at: Any = placed.values("placed_at")[:1]
    if shelf == Shelf.READING:
        begun = ReadingProgress.objects.filter(user=user, book=OuterRef("pk"))
        here |= Q(Exists(begun)) & ~Q(Exists(placed))
        at = begun.values("updated_at")[:1]
    books = Book.objects.visible_to(user, now).filter(here)
    return books.annotate(placed_at=at).order_by("-placed_at", "-pk").for_cards().with_length(now)


def followed_books(user: User, now: datetime) -> list[Book]:
    """Give the books that a reader follows, in two queries."""
    followed = Follow.objects.filter(user=user, book=OuterRef("pk"))
    books = Book.objects.visible_to(user, now).filter(Exists(followed))
    return list(books.order_by("title", "pk").for_cards()[:FOLLOWED_SHOWN])


def followed_authors(user: User) -> list[Author]:
    """Give the names that a reader follows, in one query."""
    return list(Author.objects.filter(followers__user=user).order_by("name")[:FOLLOWED_SHOWN])


def follows_author(user: Person, author: Author) -> bool:
    return isinstance(user, User) and Follow.objects.filter(user=user, author=author).exists()
