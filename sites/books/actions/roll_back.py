from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.versions import GoneMeanwhile
from sites.books.actions.write_chapter import write_chapter
from sites.books.exceptions import BookError
from sites.books.models import Chapter, Revision
from sites.books.permissions import require_edit


class NoSuchRevision(BookError):
    """The chapter has no revision of this number."""

    def __init__(self, title: str, number: int) -> None:
        super().__init__(
            _("“%(title)s” has no version %(number)s. Choose one from the list of its versions.")
            % {"title": title, "number": number}
        )


class AlreadySo(BookError):
    """What was to be brought back is what the chapter says."""

    def __init__(self, title: str, number: int) -> None:
        super().__init__(
            _(
                "“%(title)s” already says what it said in version %(number)s. There is nothing to do."
            )
            % {"title": title, "number": number}
        )


@transaction.atomic
def roll_back(chapter: Chapter, *, number: int, by: User, now: datetime, seen: datetime) -> Chapter:
    """Write what a chapter said in its revision ``number``, title and text, as its newest version.
    What it says now becomes a revision, so that nothing is lost and this can be rolled back, too.
    Whether and when it is published stays.

    ``seen`` is the ``updated_at`` of the chapter that the writer saw. Raises ``PermissionDenied``
    where ``by`` may not edit the book, ``ChangedMeanwhile``, ``GoneMeanwhile``, ``NoSuchRevision``
    and ``AlreadySo``.
    """
    wanted = (
        Chapter.objects.select_for_update(of=("self",), no_key=True)
        .select_related("book")
        .filter(pk=chapter.pk)
        .first()
    )
    if wanted is None:
        raise GoneMeanwhile(chapter.title)
    require_edit(by, wanted.book)
    revision = Revision.objects.filter(chapter=wanted, number=number).first()
    if revision is None:
        raise NoSuchRevision(wanted.title, number)
    stored, wanted.updated_at = wanted.updated_at, seen
    written = write_chapter(wanted, title=revision.title, text=revision.text, by=by, now=now)
    if written.updated_at == stored:
        raise AlreadySo(wanted.title, number)
    record_audit("chapter.roll_back", by=by, on=written, now=now, revision=number)
    return written
