from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from realtime.streams import revoke
from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.actions.versions import GoneMeanwhile
from sites.books.models import Author, Authorship, Book
from sites.books.permissions import require_edit
from sites.books.rooms import room_of_book


@dataclass(frozen=True)
class Credit:
    """One name on a cover: ``role`` is one of ``Authorship.Role``."""

    author: Author
    role: str = Authorship.Role.AUTHOR


@transaction.atomic
def credit_authors(book: Book, credits: Sequence[Credit], *, by: User, now: datetime) -> None:
    """Put these names on the cover, in this order, and no others.

    A name on the cover gives rights on the book: only those who may edit every book's names (the
    model permission on authorships) may set them. A name that is listed twice in one role counts
    once. A drawn cover is drawn again after the commit. Raises ``PermissionDenied`` and
    ``GoneMeanwhile``.
    """
    if not by.has_perm("books.change_authorship"):
        raise PermissionDenied(_("Only editors and managers decide whose names stand on a cover."))
    kept = Book.objects.select_for_update(no_key=True).filter(pk=book.pk).first()
    if kept is None:
        raise GoneMeanwhile(book.title)
    require_edit(by, kept)
    wanted = {(credit.author.pk, str(credit.role)): credit for credit in credits}
    stored = {(row.author_id, row.role): row for row in kept.authorships.select_related("author")}
    gone = [stored[key] for key in stored.keys() - wanted.keys()]
    for row in gone:
        row.delete()
    for position, (key, credit) in enumerate(wanted.items(), start=1):
        row = stored.get(key) or Authorship(book=kept, author=credit.author, role=credit.role)
        if row.pk is None or row.position != position:
            row.position = position
            row.save()
    if list(wanted) != list(stored):
        # Whoever looks at the book to approve it has not seen these names.
        Book.objects.filter(pk=kept.pk).update(written_at=now)
        revoke(room=room_of_book(kept.pk))
        for person in {row.author.user_id for row in gone} - {None}:
            revoke(user_id=person)  # the rooms of those who write its chapters
        record_audit("book.credit", by=by, on=kept, now=now, names=len(wanted))
        transaction.on_commit(partial(draw_missing_cover, kept.pk, again=True), robust=True)
