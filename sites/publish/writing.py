"""What an open page on a chapter asks while somebody writes: for the lease, and to keep words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _

from sites.accounts.limits import require
from sites.accounts.models import User
from sites.books.actions.ask_for_lease import ask_for_lease
from sites.books.actions.clear_draft import throw_draft_away
from sites.books.actions.give_lease_back import give_lease_back
from sites.books.actions.renew_lease import renew_lease
from sites.books.actions.save_draft import DraftConflict, Seen, Words, save_draft
from sites.books.actions.take_lease import take_lease
from sites.books.actions.versions import GoneMeanwhile
from sites.books.exceptions import BookError
from sites.books.leases import HeldByAnother, Hold, Lease, LeaseLost, lease_of
from sites.books.models import Chapter
from sites.books.text.errors import TextTooLong
from sites.books.writing_rooms import lease_data
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.publish.both_texts import of_conflict, typed_version
from sites.publish.continue_writing import books_of
from sites.publish.whose_page import AnothersPage, require_own_page

#: RFC 9110, section 15.5; RFC 4918, 11.3
FORBIDDEN, CONFLICT, GONE, TOO_LARGE, LOCKED = 403, 409, 410, 413, 423
PAGE_NAME_LENGTH: Final = 32
#: What one person's pages ask for: four that write at once, each of which asks 53 times at most.
MOST_A_MINUTE: Final = 240
_LARGEST: Final = 2**53  # what scripts can count to

Answer = Callable[[Chapter, User, Hold], Lease]
_DO: Final[dict[str, Answer]] = {
    "take": lambda chapter, by, hold: take_lease(chapter, by=by, page=hold.page),
    "ask": lambda chapter, by, hold: ask_for_lease(chapter, by=by, page=hold.page),
    "renew": lambda chapter, by, hold: renew_lease(chapter, by=by, hold=hold),
    "keep": lambda chapter, by, hold: renew_lease(chapter, by=by, hold=hold, keep=True),
    "give": lambda chapter, by, hold: give_lease_back(chapter, by=by, hold=hold),
}


def lease(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Say who writes, and take, ask for, keep or give back the lease: ``do`` of the form."""
    if refused := anothers(request):
        return refused
    chapter = own_chapter(request, object_id)
    if request.method != "POST":
        return JsonResponse({"lease": lease_data(lease_of(chapter))})
    require_pace(request)
    act = _DO.get(request.POST.get("do", ""))
    hold = hold_of(request)
    if act is None or not hold.page:
        return HttpResponse(status=400)
    return answered(lambda: {"lease": lease_data(act(chapter, person_of(request), hold))})


def draft(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Keep what was typed, or throw away what waits; both stay apart from readers' text."""
    throws_away = "throw_away" in request.POST
    if not throws_away and (refused := anothers(request)):
        return refused
    chapter = own_chapter(request, object_id)
    form = reverse(f"{desk.name}:books_chapter_change", args=(chapter.pk,))
    if request.method != "POST":
        return HttpResponseRedirect(form)
    if throws_away:
        _throw_away(request, chapter)
        return HttpResponseRedirect(form)
    seen = Seen(_moment(request.POST.get("base", "")), number_of(request.POST.get("serial", "")))
    by, hold = person_of(request), hold_of(request)
    return kept(request, lambda words: save_draft(chapter, words, seen=seen, by=by, hold=hold))


def require_pace(request: HttpRequest) -> None:
    """Raises ``TooManyAttempts`` where somebody asks faster than their open pages would."""
    key = f"writing:{person_of(request).pk}"
    require(key, MOST_A_MINUTE, timedelta(minutes=1), timezone.now())


def anothers(request: HttpRequest) -> JsonResponse | None:
    """Answer a page that was drawn for another person than the one who is signed in now."""
    try:
        require_own_page(request)
    except AnothersPage as refusal:
        return _said(refusal, FORBIDDEN)
    return None


def kept(request: HttpRequest, keep: Callable[[Words], int]) -> HttpResponse:
    """Keep the words that a page has sent, and answer with the serial that ``keep`` gives."""
    require_pace(request)
    words = words_of(request)
    if not words.page or not words.sent:
        return HttpResponse(status=400)

    def answer() -> dict[str, Any]:
        try:
            return {"serial": keep(words)}
        except DraftConflict as conflict:
            conflict.shown = of_conflict(  # type: ignore[attr-defined]  # for the answer below
                request, conflict, typed_version(words.title, words.text)
            )
            raise

    return answered(answer)


def words_of(request: HttpRequest) -> Words:
    """Read what a page has sent to be kept."""
    sent = request.POST
    return Words(
        sent.get("title", "").replace("\x00", ""),
        sent.get("text", "").replace("\x00", ""),
        page_of(sent.get("page", "")),
        number_of(sent.get("sent", "")),
    )


def own_chapter(request: HttpRequest, key: int) -> Chapter:
    """Give a chapter of a book on the person's desk, without its text. Raises ``Http404``."""
    own = Chapter.objects.filter(book__in=books_of(person_of(request))).without_text()
    chapter = own.filter(pk=key).first()
    if chapter is None:
        raise Http404
    return chapter


def hold_of(request: HttpRequest) -> Hold:
    """Read which lease a page holds."""
    return Hold(
        number_of(request.POST.get("lease", "")), page_of(request.POST.get("lease_page", ""))
    )


def page_of(typed: str) -> str:
    """Read the name that a page has given itself; empty for what is none."""
    return typed if typed.isascii() and typed.isalnum() and len(typed) <= PAGE_NAME_LENGTH else ""


def number_of(typed: str) -> int:
    """Read a page's count; 0 for what is none."""
    found = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 17 else 0
    return found if found < _LARGEST else 0


def _moment(typed: str) -> datetime:
    """Read a chapter's version; what is none is never the newest."""
    try:
        moment = parse_datetime(typed)
    except ValueError:
        moment = None
    if moment is None or is_naive(moment):
        return datetime.fromisoformat("0001-01-02T00:00:00+00:00")
    return moment


def answered(act: Callable[[], dict[str, Any]]) -> JsonResponse:
    """Do it, and say how it went: a status for scripts, a sentence for people."""
    try:
        return JsonResponse(act())
    except (HeldByAnother, LeaseLost) as refusal:
        return _said(refusal, LOCKED, lease=lease_data(refusal.lease))
    except DraftConflict as refusal:
        draft, stored = refusal.draft, refusal.chapter.pk is not None
        return _said(
            refusal,
            CONFLICT,
            both=getattr(refusal, "shown", ""),
            base=refusal.chapter.updated_at.isoformat() if stored else "",
            serial=draft.serial if draft else None,
        )
    except TextTooLong as refusal:
        return _said(refusal, TOO_LARGE)
    except GoneMeanwhile as refusal:
        return _said(refusal, GONE)


def _said(refusal: BookError, status: int, **facts: Any) -> JsonResponse:
    return JsonResponse({"said": str(refusal), **facts}, status=status)


def _throw_away(request: HttpRequest, chapter: Chapter) -> None:
    serial = number_of(request.POST.get("serial", ""))
    try:
        require_own_page(request)
        throw_draft_away(chapter, by=person_of(request), serial=serial)
    except (BookError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The unstored words are gone. This is the chapter as it is."))
