"""A file on its way into the house: kept, looked at, then confirmed or cancelled."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.models import User
from sites.books.actions.ask_for_lease import ask_for_lease
from sites.books.actions.import_plan import Occasion
from sites.books.actions.import_preview import preview_import
from sites.books.actions.import_store import ImportResult, store_import
from sites.books.actions.import_target import ChangedSincePreview
from sites.books.importers.book import ImportedBook
from sites.books.importers.errors import ImportRefused
from sites.books.leases import held_by_others
from sites.books.models import Book, ChapterLease, PendingImport
from sites.books.permissions import require_edit, require_import
from storage import uploads
from storage.backends import private

#: As sites.books.upload_purposes calls it, which is imported later.
MANUSCRIPT: Final = "manuscript"
KEPT_FOR: Final = timedelta(hours=24)  # a working day to look at a preview
OF_A_PERSON: Final = 3  # uploads that wait at a time; the oldest goes
#: Somebody waits before the page: a novel takes two seconds, a book of many pictures twenty.
PAGE_SECONDS: Final = 60.0
SWEPT: Final = 100  # files that one upload clears away: more than a day brings


class PreviewExpired(ImportRefused):
    """The upload was confirmed, cancelled, or has waited for too long."""

    def __init__(self) -> None:
        super().__init__(_("This preview is no longer there: choose the file again."))


def keep_upload(upload: UUID, *, into: Book | None, by: User, now: datetime) -> PendingImport:
    """Read a file that has been sent, and say what it would change; nothing else is written.

    ``upload`` is a finished one of ``by``'s. ``into`` is the book that the person chose; None leaves
    it to the file, which may be of a book that is here already. Raises ``PermissionDenied``,
    ``UploadGone``, every ``ImportRefused`` and ``NoAuthorProfile``; then the file is forgotten.
    """
    require_import(by)
    if into is not None:
        require_edit(by, into)
    sweep_uploads(now=now)
    sent = uploads.attach(upload, MANUSCRIPT, by=by, now=now, keep_until=now + KEPT_FOR)
    try:
        with private().open(sent.key) as file:
            imported = _read(file, sent.name)
        preview, state = preview_import(imported, _occasion(by, now), into=into)
        with transaction.atomic():
            # One upload of a person at a time, so that their number holds.
            User.objects.select_for_update(no_key=True).get(pk=by.pk)
            _drop(PendingImport.objects.filter(user=by)[OF_A_PERSON - 1 :])
            return PendingImport.objects.create(
                token=secrets.token_urlsafe(32),
                user=by,
                book=into,
                name=sent.name,
                key=sent.key,
                seen=state,
                preview=preview.as_json(),
                created_at=now,
            )
    except BaseException:
        uploads.forget([sent.pk])
        raise


def find_upload(token: str, *, by: User, now: datetime) -> PendingImport:
    """Give a person's own upload. Raises ``PreviewExpired``."""
    found = PendingImport.objects.filter(token=token, user=by, created_at__gt=now - KEPT_FOR)
    pending = found.select_related("book").first()
    if pending is None:
        raise PreviewExpired
    return pending


def confirm_upload(token: str, *, by: User, now: datetime) -> ImportResult:
    """Import exactly what was previewed, as drafts, and forget the upload.

    Raises ``PreviewExpired``; ``ChangedSincePreview`` where the book is another by now, with the
    preview made anew; ``ChaptersHeld`` while others write in chapters that change, and the upload
    stays; ``PermissionDenied`` and every ``ImportRefused``.
    """
    require_import(by)
    pending = find_upload(token, by=by, now=now)
    try:
        with private().open(pending.key) as file:
            imported = _read(file, pending.name)
    except FileNotFoundError as error:
        raise PreviewExpired from error
    occasion = _occasion(by, now)
    try:
        result = store_import(imported, occasion, into=pending.book, seen=pending.seen)
    except ChangedSincePreview:
        preview, pending.seen = preview_import(imported, occasion, into=pending.book)
        made = {"preview": preview.as_json(), "seen": pending.seen}
        if not PendingImport.objects.filter(pk=pending.pk).update(**made):
            raise PreviewExpired from None  # confirmed twice: the other one was faster
        raise
    _drop([pending])
    return result


def others_in(pending: PendingImport, *, by: User) -> list[ChapterLease]:
    """Give who else is writing now in chapters that the file changes, as far as its preview lists
    them; one query."""
    keys = [row["key"] for row in pending.preview["rows"] if row.get("key") is not None]
    return held_by_others(keys, by=by) if keys else []


def ask_for_chapters(token: str, *, by: User, now: datetime) -> int:
    """Ask those who are writing in chapters that the file changes to hand them over, which gives each
    to the person who imports for ``LEASE_FOR``; give how many were asked for. Raises
    ``PreviewExpired``, ``PermissionDenied`` and ``GoneMeanwhile``."""
    pending = find_upload(token, by=by, now=now)
    held = others_in(pending, by=by)
    for lease in held:
        ask_for_lease(lease.chapter, by=by, page=f"import{pending.pk}")
    return len(held)


def cancel_upload(token: str, *, by: User, now: datetime) -> None:
    """Forget an upload. Raises ``PreviewExpired``."""
    _drop([find_upload(token, by=by, now=now)])


def sweep_uploads(*, now: datetime) -> int:
    """Forget what has expired; give how many. Files whose row is gone with its owner or book are
    ``storage.uploads.sweep``'s."""
    expired = list(PendingImport.objects.filter(created_at__lte=now - KEPT_FOR)[:SWEPT])
    _drop(expired)
    return len(expired)


def _occasion(by: User, now: datetime) -> Occasion:
    return Occasion(by, now, publish=False, chosen=True)


def _read(file: File[bytes], name: str) -> ImportedBook:
    from sites.books.importers.formats import read_book  # loads lxml and Pillow

    return read_book(file, name=name, seconds=PAGE_SECONDS)


def _drop(dropped: Iterable[PendingImport]) -> None:
    for pending in list(dropped):
        pending.delete()
        uploads.forget_key(pending.key)
