"""Change the lists that books are filed by: authors, genres, tags; and take things out for good."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from realtime.streams import revoke
from sites.accounts.actions.record_audit import Fact, record_audit
from sites.accounts.models import User
from sites.books.actions.versions import GoneMeanwhile
from sites.books.exceptions import BookError
from sites.books.models import Author, Book, Chapter, Genre, Tag
from sites.books.permissions import require_link_account
from sites.books.rooms import room_of_chapter, send_readers_away

Entry = Author | Genre | Tag


class StillOnCovers(BookError):
    """An author was to be deleted whose name stands on a book."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("“%(name)s” still stands on a cover. Take the name off the books first.")
            % {"name": name}
        )


@transaction.atomic
def save_entry(entry: Entry, *, by: User, now: datetime) -> None:
    """Store a new or changed author, genre or tag.

    The account behind an author's name has rights on the books: only managers set or change it.
    Raises ``PermissionDenied`` and ``GoneMeanwhile``.
    """
    verb = "add" if entry._state.adding else "change"
    _require(by, verb, entry)
    stored = None if entry._state.adding else _hold(entry)
    facts: dict[str, Fact] = {}
    if isinstance(entry, Author):
        before = stored.user_id if isinstance(stored, Author) else None
        if entry.user_id != before:
            require_link_account(by)
            facts["account"] = entry.user_id or 0
            if before:
                revoke(user_id=before)
    entry.save()
    record_audit(f"{entry._meta.model_name}.{verb}", by=by, on=entry, now=now, **facts)


def _hold(entry: Entry) -> Entry:
    kept = type(entry)._default_manager.select_for_update(no_key=True).filter(pk=entry.pk).first()
    if kept is None:
        raise GoneMeanwhile(str(entry))
    return kept


@transaction.atomic
def delete_for_good(row: Entry | Book | Chapter, *, by: User, now: datetime) -> None:
    """Delete a row and what hangs on it: a book's chapters, their revisions, readers' places.

    Stored covers and pictures stay: their names come from their content, so that another book may
    show the same file. Raises ``PermissionDenied`` and ``StillOnCovers``.
    """
    _require(by, "delete", row)
    facts: dict[str, Fact] = {"book": row.book_id} if isinstance(row, Chapter) else {}
    record_audit(f"{row._meta.model_name}.delete", by=by, on=row, now=now, **facts)
    if isinstance(row, Book):
        send_readers_away(row.pk)
    elif isinstance(row, Chapter):
        revoke(room=room_of_chapter(row.pk))
    try:
        row.delete()
    except ProtectedError:
        raise StillOnCovers(str(row)) from None


def _require(by: User, verb: str, row: Entry | Book | Chapter) -> None:
    if not by.has_perm(f"books.{verb}_{row._meta.model_name}"):
        raise PermissionDenied(
            _("Your role does not let you do this to %(kind)s.")
            % {"kind": row._meta.verbose_name_plural}
        )
