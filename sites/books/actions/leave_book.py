from __future__ import annotations

from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from realtime.streams import revoke
from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.actions.steps import lock_book
from sites.books.actions.versions import GoneMeanwhile
from sites.books.events import NameLeft, tell
from sites.books.exceptions import BookError
from sites.books.models import Authorship, Book
from sites.books.rooms import room_of_book


class LastName(BookError):
    """The last author of a book wanted to leave it."""

    def __init__(self, title: str) -> None:
        super().__init__(
            _(
                "Your name is the last author's on “%(title)s”. Invite somebody first, or ask an "
                "editor to take the book away."
            )
            % {"title": title}
        )


@transaction.atomic
def leave_book(authorship: Authorship, *, by: User, now: datetime) -> None:
    """Take one's own name off a cover, and with it one's rights on the book.

    The names of others are the editors' to take off (``credit_authors``). Raises
    ``PermissionDenied``, ``GoneMeanwhile`` and ``LastName``.
    """
    book = lock_book(authorship.book)
    kept = book.authorships.select_related("author").filter(pk=authorship.pk).first()
    if kept is None:
        raise GoneMeanwhile(book.title)
    if kept.author.user_id != by.pk or not by.is_active:
        raise PermissionDenied(_("Only editors take somebody else's name off a cover."))
    _require_others(book, kept)
    kept.delete()
    Book.objects.filter(pk=book.pk).update(written_at=now)
    record_audit("author.leave", by=by, on=book, now=now, role=kept.role)
    revoke(room=room_of_book(book.pk))
    revoke(user_id=by.pk)  # the rooms of those who write its chapters
    tell(NameLeft(book=book.pk, by=by.pk, at=now))
    transaction.on_commit(partial(draw_missing_cover, book.pk, again=True), robust=True)


def _require_others(book: Book, leaving: Authorship) -> None:
    """Raises ``LastName`` where nobody, or no author, would be left on the cover."""
    others = book.authorships.exclude(pk=leaving.pk)
    if leaving.role == Authorship.Role.AUTHOR:
        others = others.filter(role=Authorship.Role.AUTHOR)
    if not others.exists():
        raise LastName(book.title)
