from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.models import Person, User
from sites.books.exceptions import BookError
from sites.books.models import Author, Book, Follow
from sites.books.numbers_room import tell_numbers

#: Books and names that one reader follows: more news than a day has minutes.
MOST_FOLLOWED = 1000


class NotFollowed(BookError):
    """Something cannot be followed; the text says why."""


@transaction.atomic
def follow(user: Person, target: Book | Author, *, now: datetime) -> None:
    """Follow a book, or an author's name; twice is once.

    Raises ``PermissionDenied`` without an account, and ``NotFollowed``.
    """
    if not isinstance(user, User) or not user.is_active:
        raise PermissionDenied(_("Sign in to follow books and authors."))
    if not _is_public(target, now):
        raise NotFollowed(_("This is not public yet. Come back when it is."))
    if Follow.objects.filter(user=user).count() >= MOST_FOLLOWED:
        raise NotFollowed(_("You follow very much already. Leave something first."))
    # The unique constraints decide between two tabs of one person.
    Follow.objects.bulk_create(
        [Follow(user=user, since=now, **_what(target))], ignore_conflicts=True
    )
    _tell(target)


@transaction.atomic
def unfollow(user: Person, target: Book | Author) -> None:
    """Follow no longer; what was not followed stays so. Raises ``PermissionDenied``."""
    if not isinstance(user, User):
        raise PermissionDenied(_("Sign in to follow books and authors."))
    if Follow.objects.filter(user=user, **_what(target)).delete()[0]:
        _tell(target)


def _tell(target: Book | Author) -> None:
    if isinstance(target, Book):
        tell_numbers(target.pk, "followers")


def _what(target: Book | Author) -> dict[str, Book | Author]:
    return {"book": target} if isinstance(target, Book) else {"author": target}


def _is_public(target: Book | Author, now: datetime) -> bool:
    published = Book.objects.published(now)
    if isinstance(target, Book):
        return published.filter(pk=target.pk).exists()
    return published.filter(authorships__author=target).exists()
