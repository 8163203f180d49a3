"""A file's way into the house: begin → the browser sends its bytes to the place → finish → attach.

Only the place receives bytes, and takes no others than were announced. Nothing of them is believed
before ``finish`` has looked, and nothing is in use before an action has attached what it made.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from storage import keys, pictures, sniffing
from storage.backends import SignedForm, private
from storage.errors import (
    StorageError,
    TooManyUploads,
    UploadGone,
    UploadNotThere,
    UploadRefused,
)
from storage.models import Upload, UploadState
from storage.purposes import Arrived, Purpose, purpose_of

logger = logging.getLogger(__name__)

NAME_LENGTH: Final = 200  # characters: of the column
#: Rows and files that one sweep clears away: it holds nothing up, and the next goes on.
SWEPT: Final = 1_000
#: How often one person may begin in the lifetime of an upload, by what may be on its way at once: forms
#: are good until they expire, so that bytes can come after an upload was given up.
TRIES: Final = 20
#: A file on its way is younger than this, or nobody's: the longest lifetime, and a day.
STRAY_AGE: Final = timedelta(days=3)


class Announced(NamedTuple):
    """What a person says of a file: its size in bytes, its type, and what it is called."""

    size: int
    type: str
    name: str


class Begun(NamedTuple):
    """An upload, and the form by which its bytes are sent."""

    upload: Upload
    form: SignedForm


def begin(name: str, said: Announced, *, by: Any, now: datetime) -> Begun:
    """Let a person send one file for the purpose ``name``: exactly what is ``said`` of it.

    Browsers do not know every type, and guess by the ending of the name, which counts before theirs.
    Raises ``PermissionDenied``, ``UnknownPurpose``, ``UploadRefused`` and
    ``TooManyUploads``.
    """
    purpose = purpose_of(name)
    purpose.allowed(by)
    upload = _announced(purpose, said)
    _begin(upload, purpose, by=by, now=now)
    form = private().signed_form(
        upload.key, size=upload.size, type_=upload.type, expires=purpose.lifetime
    )
    return Begun(upload, form)


def finish(upload_id: UUID, *, by: Any, now: datetime) -> Upload:
    """Look at what has arrived and keep what its purpose makes of it; done twice it is done once.

    Raises ``UploadGone``, ``UploadNotThere``, ``UploadRefused`` (then nothing is left of it) and what
    the storage raises (then it can be tried again).
    """
    upload = _own(upload_id, by=by, now=now)
    if upload.state == UploadState.FINISHED:
        return upload
    if upload.state != UploadState.BEGUN:
        raise UploadGone
    purpose = purpose_of(upload.purpose)
    # Outside of any transaction: nobody waits while it is read. Who asks twice has it made twice,
    # under the same keys.
    try:
        result = dict(purpose.keep(Arrived(upload, _look(upload, purpose))))
    except UploadRefused:
        _settle(upload, UploadState.REFUSED, {})
        delete_bytes([upload.key])
        raise
    if not _settle(upload, UploadState.FINISHED, result):
        return _own(upload_id, by=by, now=now)
    if purpose.reads:
        delete_bytes([upload.key])
    return upload


def receive(name: str, file: File[bytes], *, by: Any, now: datetime) -> Upload:
    """Take a file that came with a form instead, for those without JavaScript: by the same rules.

    Raises as ``begin`` and ``finish``.
    """
    purpose = purpose_of(name)
    purpose.allowed(by)
    said = getattr(file, "content_type", "") or ""
    upload = _announced(purpose, Announced(file.size, said, file.name or ""))
    _begin(upload, purpose, by=by, now=now)
    try:
        private().put(upload.key, file.open(), upload.type)
        return finish(upload.pk, by=by, now=now)
    except BaseException:
        Upload.objects.filter(pk=upload.pk).delete()  # nobody was given a form for it
        transaction.on_commit(partial(delete_bytes, [upload.key]), robust=True)
        raise


@transaction.atomic
def attach(
    upload_id: UUID, name: str, *, by: Any, now: datetime, keep_until: datetime | None = None
) -> Upload:
    """Take a finished upload into use, once; called in the transaction that uses it.

    ``keep_until``: when its bytes are no longer wanted, where the purpose does not read them at
    once. Raises ``UploadGone``, also for an upload that was sent for something else.
    """
    upload = _own(upload_id, by=by, now=now, lock=True)
    if upload.state != UploadState.FINISHED or upload.purpose != name:
        raise UploadGone
    upload.state = UploadState.ATTACHED
    upload.expires_at = keep_until or upload.expires_at
    upload.save(update_fields=["state", "expires_at"])
    return upload


def cancel(upload_id: UUID, *, by: Any) -> None:
    """Forget an upload that is not in use; one that is gone already is no error."""
    unused = [UploadState.BEGUN, UploadState.FINISHED, UploadState.REFUSED]
    _give_up(Upload.objects.filter(pk=upload_id, owner=by, state__in=unused))


def forget(ids: Iterable[UUID]) -> None:
    """Give uploads up, and delete their bytes after the commit."""
    _give_up(Upload.objects.filter(pk__in=list(ids)))


def forget_key(key: str) -> None:
    """Give up the upload whose bytes lie under ``key``, and delete them after the commit."""
    _give_up(Upload.objects.filter(key=key))
    transaction.on_commit(partial(delete_bytes, [key]), robust=True)


@transaction.atomic
def _give_up(found: QuerySet[Upload]) -> None:
    # The rows stay until they expire, when nothing more can come by their forms: the sweep then
    # deletes the bytes of those that came all the same.
    gone = dict(found.select_for_update().values_list("pk", "key"))
    Upload.objects.filter(pk__in=gone).update(state=UploadState.REFUSED, name="")
    transaction.on_commit(partial(delete_bytes, gone.values()), robust=True)


def sweep(*, now: datetime) -> int:
    """Clear away uploads that have expired, and bytes that came after; how many.

    Nothing that could still be finished or is in use is touched.
    """
    with transaction.atomic():
        expired = Upload.objects.filter(expires_at__lte=now).order_by("expires_at")[:SWEPT]
        gone = dict(expired.select_for_update(skip_locked=True).values_list("pk", "key"))
        Upload.objects.filter(pk__in=gone).delete()
    delete_bytes(gone.values())
    place, stray = private(), []
    for listed in place.list_keys(f"{keys.INCOMING}/"):
        if listed.modified < now - STRAY_AGE:
            stray.append(listed.key)
        if len(stray) >= SWEPT:
            break
    stray = sorted(set(stray) - set(_known(stray)))
    delete_bytes(stray)
    return len(gone) + len(stray)


def delete_bytes(gone: Iterable[str]) -> None:
    """Delete files; one that cannot be deleted is left to the sweep."""
    for key in gone:
        try:
            private().delete(key)
        except StorageError:
            logger.warning("The file %s could not be deleted; the sweep will.", key, exc_info=True)


def _announced(purpose: Purpose, said: Announced) -> Upload:
    """Give an upload as its sender describes it. Raises ``UploadRefused``."""
    _stem, dot, ending = said.name.lower().rpartition(".")
    known = next((each for each, ends in purpose.types.items() if dot and ending in ends), "")
    kind = known or said.type.partition(";")[0].strip().lower()
    if kind not in purpose.types:
        endings = sorted({f".{ends[0]}" for ends in purpose.types.values()})
        raise UploadRefused(
            _("This kind of file cannot be used here. Choose one of: %(endings)s.")
            % {"endings": ", ".join(endings)}
        )
    if said.size <= 0:
        raise UploadRefused(_("The file is empty."))
    if said.size > purpose.largest:
        raise UploadRefused(
            _("The file has more than %(number)s MB.") % {"number": purpose.largest // 1_000_000}
        )
    shown = "".join(letter for letter in said.name if letter.isprintable())[-NAME_LENGTH:]
    key = keys.incoming_key(purpose.name, kind)
    return Upload(purpose=purpose.name, key=key, type=kind, size=said.size, name=shown)


def _begin(upload: Upload, purpose: Purpose, *, by: Any, now: datetime) -> None:
    with transaction.atomic():
        # One of a person at a time, so that their number holds.
        get_user_model()._default_manager.select_for_update(no_key=True).get(pk=by.pk)
        own = Upload.objects.filter(owner=by, purpose=purpose.name, expires_at__gt=now)
        is_open = Q(state__in=[UploadState.BEGUN, UploadState.FINISHED])
        number = own.aggregate(all=Count("pk"), open=Count("pk", filter=is_open))
        if number["open"] >= purpose.at_once or number["all"] >= TRIES * purpose.at_once:
            raise TooManyUploads(purpose.at_once)
        upload.owner = by
        upload.created_at = now
        upload.expires_at = now + purpose.lifetime
        upload.save(force_insert=True)


def _own(upload_id: UUID, *, by: Any, now: datetime, lock: bool = False) -> Upload:
    rows = Upload.objects.filter(pk=upload_id, owner=by, expires_at__gt=now)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise UploadGone
    return found


def _settle(upload: Upload, state: UploadState, result: dict[str, Any]) -> bool:
    """Say how it went; whether nobody else had."""
    upload.state, upload.result = state, result
    rows = Upload.objects.filter(pk=upload.pk, state=UploadState.BEGUN)
    return bool(rows.update(state=state, result=result))


def _look(upload: Upload, purpose: Purpose) -> bytes:
    """Give what arrived, where the purpose reads it: what is not as announced is refused. Others
    look at the bytes themselves when they read them."""
    place = private()
    try:
        size = place.size(upload.key)
        if size != upload.size:
            raise UploadRefused(_("The file that arrived is not the one that was announced."))
        if not purpose.reads:
            return b""
        head = b"".join(place.pieces(upload.key, end=sniffing.HEAD))
        if not sniffing.looks_like(head, upload.type):
            raise UploadRefused(_("The file is not what its name says."))
        content = place.read(upload.key, limit=size)
    except FileNotFoundError:
        raise UploadNotThere from None
    if upload.type not in pictures.FORMATS:
        return content
    try:
        return pictures.clean(content, upload.type)
    except pictures.BrokenPicture:
        raise UploadRefused(
            _("This picture cannot be read, or is too large. Save it anew, as JPEG or PNG.")
        ) from None


def _known(found: list[str]) -> list[str]:
    return list(Upload.objects.filter(key__in=found).values_list("key", flat=True))
