"""A chapter's earlier versions: what changed from one to another, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from sites.books.actions.roll_back import roll_back
from sites.books.exceptions import BookError
from sites.books.models import Chapter, Revision
from sites.books.text.compare import Version, compare, words_changed
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.publish.continue_writing import books_of
from sites.publish.desk_page import desk_page

VERSIONS_SHOWN: Final = 20  # on one page: some evenings of writing
#: Characters up to which a version's words are counted: all but the longest chapters, and at most
#: six megabytes for a page.
COUNTED_LENGTH: Final = 300_000
NOW: Final = "now"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a chapter: ``revision`` is what it said before; words came and went."""

    revision: Revision
    came: int | None
    went: int | None
    #: The version that followed, as the address of a comparison names it.
    after: str


def revisions(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """List a chapter's changes, the newest first."""
    chapter = _own_chapter(request, object_id)
    last = _number(request.GET.get("before", ""))
    found = chapter.revisions.select_related("created_by").defer("text").order_by("-number")
    rows = list((found.filter(number__lt=last) if last else found)[: VERSIONS_SHOWN + 1])
    context: dict[str, Any] = {
        "title": _("Versions"),
        "book": chapter.book,
        "chapter": chapter,
        "changes": _changes(chapter, rows[:VERSIONS_SHOWN], is_newest=not last),
        "older": rows[VERSIONS_SHOWN - 1].number if len(rows) > VERSIONS_SHOWN else 0,
        "is_newest": not last,
    }
    return desk_page(desk, request, "publish/revisions.html", context)


def difference(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show what changed from one version to another; either may be the text as it is now."""
    chapter = _own_chapter(request, object_id)
    asked = request.GET.get("from", ""), request.GET.get("to", NOW)
    old, new = (_version(chapter, each) for each in asked)
    context: dict[str, Any] = {
        "title": _("What changed"),
        "book": chapter.book,
        "chapter": chapter,
        "old": old,
        "new": new,
        "found": compare(_as_version(old), _as_version(new)),
    }
    return desk_page(desk, request, "publish/difference.html", context)


def bring_back(desk: DeskSite, request: HttpRequest, object_id: int, number: int) -> HttpResponse:
    """Make an earlier version the text again."""
    chapter = _own_chapter(request, object_id)
    here = reverse(f"{desk.name}:versions", args=(chapter.pk,))
    if request.method != "POST":
        return HttpResponseRedirect(here)
    seen = _moment(request.POST.get("seen", ""))
    try:
        roll_back(chapter, number=number, by=person_of(request), now=timezone.now(), seen=seen)
    except (BookError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("Version %(number)s is the text again. What stood there before is kept, too.")
        messages.success(request, said % {"number": number})
    return HttpResponseRedirect(here)


def _own_chapter(request: HttpRequest, key: int) -> Chapter:
    """Give a chapter of a book on the person's desk. Raises ``Http404``."""
    own = Chapter.objects.filter(book__in=books_of(person_of(request)))
    chapter = own.select_related("book").filter(pk=key).first()
    if chapter is None:
        raise Http404
    return chapter


def _changes(chapter: Chapter, rows: list[Revision], *, is_newest: bool) -> list[Change]:
    """Give the changes with their words, in one query for all texts. ``is_newest``: what followed
    the first of ``rows`` is the text as it is now."""
    if not rows:
        return []
    newest = rows[0].number + 1
    short = chapter.revisions.annotate(size=Length("text")).filter(size__lte=COUNTED_LENGTH)
    numbers = range(rows[-1].number, newest + 1)
    texts = dict(short.filter(number__in=numbers).values_list("number", "text"))
    if is_newest and len(chapter.text) <= COUNTED_LENGTH:
        texts[newest] = chapter.text
    changes = []
    for row in rows:
        before, after = texts.get(row.number), texts.get(row.number + 1)
        came, went = (
            (None, None) if before is None or after is None else words_changed(before, after)
        )
        is_last = is_newest and row is rows[0]
        changes.append(Change(row, came, went, NOW if is_last else str(row.number + 1)))
    return changes


def _version(chapter: Chapter, asked: str) -> Revision | Chapter:
    """Find a version by its number, or the text as it is now. Raises ``Http404``."""
    if asked == NOW:
        return chapter
    found = chapter.revisions.select_related("created_by").filter(number=_number(asked)).first()
    if found is None:
        raise Http404
    return found


def _as_version(row: Revision | Chapter) -> Version:
    return Version(row.title, row.text)


def _number(typed: str) -> int:
    """Read a version's number; 0 for what is none."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _moment(typed: str) -> datetime:
    """Read the time that a form carries; what is none is before everything, and so never current."""
    try:
        moment = parse_datetime(typed)
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        return datetime.min.replace(tzinfo=timezone.get_default_timezone())
    return moment
