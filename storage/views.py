"""What ``upload.js`` asks for: begin, finish, cancel. Each answers JSON, refusals with a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from storage import uploads
from storage.errors import (
    StorageError,
    TooManyUploads,
    UploadError,
    UploadGone,
    UploadNotThere,
)
from storage.purposes import UnknownPurpose

#: Bytes of what is said of a file.
LARGEST_REQUEST: Final = 4_000
_STATUS: Final[dict[type[Exception], int]] = {
    UploadGone: 410,
    UploadNotThere: 409,
    TooManyUploads: 429,
    UnknownPurpose: 404,
    PermissionDenied: 403,
    StorageError: 503,
    UploadError: 422,
}
View = Callable[..., JsonResponse]


def _told(view: View) -> View:
    """Say refusals as JSON; nobody without an account sends anything."""

    @never_cache
    @require_POST
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        if not request.user.is_authenticated:
            return _refusal(401, _("Sign in first."))
        try:
            return view(request, *args, **kwargs)
        except tuple(_STATUS) as error:
            status = next(number for kind, number in _STATUS.items() if isinstance(error, kind))
            return _refusal(status, str(error) or _("You may not send files here."))

    return answer


@_told
def begin(request: HttpRequest) -> JsonResponse:
    """Body: ``{"purpose", "size", "type", "name"}``. Gives where and how to send the bytes."""
    said = _said(request)
    if said is None:
        return _refusal(400, _("Say what is to be sent."))
    purpose, announced = said
    begun = uploads.begin(purpose, announced, by=request.user, now=timezone.now())
    return JsonResponse({"id": str(begun.upload.pk), **_plain(begun.form._asdict())}, status=201)


@_told
def finish(request: HttpRequest, upload: UUID) -> JsonResponse:
    """Gives ``{"id", "name", "result"}`` of what has arrived and was found good."""
    done = uploads.finish(upload, by=request.user, now=timezone.now())
    return JsonResponse({"id": str(done.pk), "name": done.name, "result": done.result})


@_told
def cancel(request: HttpRequest, upload: UUID) -> JsonResponse:
    uploads.cancel(upload, by=request.user)
    return JsonResponse({})


def _said(request: HttpRequest) -> tuple[str, uploads.Announced] | None:
    if len(request.body) > LARGEST_REQUEST:
        return None
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    words = [said.get(name, "") for name in ("purpose", "type", "name")]
    size = said.get("size")
    if not all(_is_word(word) for word in words) or type(size) is not int:
        return None
    purpose, type_, name = words
    return purpose, uploads.Announced(max(-1, min(size, 10**15)), type_, name)


def _is_word(word: Any) -> bool:
    # A lone surrogate is nothing that PostgreSQL or a page could hold.
    return isinstance(word, str) and "\0" not in word and _is_unicode(word)


def _is_unicode(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True


def _plain(form: dict[str, Any]) -> dict[str, Any]:
    return form | {name: dict(form[name]) for name in ("fields", "headers")}


def _refusal(status: int, sentence: str) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
