"""Take a published book off the shelves, and put it back."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from realtime.streams import publish
from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books import rooms
from sites.books.actions.steps import PUBLISH_AGAIN, WITHDRAW, lock_book, require_calm, require_step
from sites.books.events import BookPublishedAgain, BookWithdrawn, tell
from sites.books.models import Book
from sites.books.permissions import is_house_editor, require_edit


@transaction.atomic
def withdraw_book(book: Book, *, by: User, now: datetime) -> Book:
    """Hide a published book from readers; their places in it stay.

    Raises ``PermissionDenied``, ``GoneMeanwhile``, ``WrongStep`` and ``TooManySteps``.
    """
    kept = lock_book(book)
    require_edit(by, kept)
    require_step(kept, WITHDRAW)
    require_calm(by, now=now)
    by_house = is_house_editor(by)
    kept.status, kept.withdrawn_by_house = WITHDRAW.target, by_house
    Book.objects.filter(pk=kept.pk).update(status=kept.status, withdrawn_by_house=by_house)
    record_audit("book.withdraw", by=by, on=kept, now=now, by_house=by_house)
    tell(BookWithdrawn(book=kept.pk, by=by.pk, at=now))
    publish(rooms.room_of_book(kept.pk), rooms.BookWithdrawn())
    rooms.send_readers_away(kept.pk)
    return kept


@transaction.atomic
def publish_again(book: Book, *, by: User, now: datetime) -> Book:
    """Show a withdrawn book again, since the moment that it was first shown. What the house withdrew
    only the house brings back.

    Raises ``PermissionDenied``, ``GoneMeanwhile``, ``WrongStep`` and ``TooManySteps``.
    """
    kept = lock_book(book)
    require_edit(by, kept)
    require_step(kept, PUBLISH_AGAIN)
    require_calm(by, now=now)
    if kept.withdrawn_by_house and not is_house_editor(by):
        raise PermissionDenied(
            _("The house withdrew this book. Write to an editor, who can publish it again.")
        )
    kept.status, kept.withdrawn_by_house = PUBLISH_AGAIN.target, False
    Book.objects.filter(pk=kept.pk).update(status=kept.status, withdrawn_by_house=False)
    record_audit("book.publish_again", by=by, on=kept, now=now)
    tell(BookPublishedAgain(book=kept.pk, by=by.pk, at=now))
    return kept
