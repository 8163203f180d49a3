"""The reading room's pages: what to read on, a book's contents, a chapter, and two small forms."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Max, Min
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from realtime.presence import person
from sites.accounts.actions import set_reading
from sites.accounts.models import Face, Measure, Theme, User
from sites.accounts.models.user import LARGEST_SIZE, SMALLEST_SIZE
from sites.accounts.reading import ReadingSettings
from sites.books.actions import keep_place as places
from sites.books.latest_chapters import latest_chapters
from sites.books.linked_data import book_card, chapter_data
from sites.books.marks import mark_of
from sites.books.models import Book, Chapter
from sites.books.next_books import next_books
from sites.books.own_numbers import has_own_numbers
from sites.books.places import device_of
from sites.books.reading import CONTENTS_LIMIT, around, continuing, place_in
from sites.chapter.drawn_text import drawn_text
from sites.chapter.layout import layout_of
from sites.community.models import Colour, ReportReason
from sites.context import reading_of
from sites.cookies import remember
from sites.links import host_url
from sites.returning import safe_return


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What to go on with, and what is new."""
    now = timezone.now()
    context = {
        "places": continuing(request.user, now=now),
        # The same for everybody, looked up within {% shared %}.
        "latest": SimpleLazyObject(lambda: latest_chapters(now=now)),
        "now": now,
    }
    return render(request, "chapter/home.html", context)


@require_safe
def contents(request: HttpRequest, slug: str) -> HttpResponse:
    """A book's chapters, with the reader's place among them.

    A page holds a range of numbers, so that a chapter's page is known without counting.
    """
    now = timezone.now()
    book = get_object_or_404(Book.objects.visible_to(request.user, now).for_cards(), slug=slug)
    chapters = Chapter.objects.readable_by(request.user, now).filter(book=book)
    ends = chapters.aggregate(first=Min("number"), last=Max("number"))
    page = _page(request.GET.get("page", ""), last=contents_page(ends["last"] or 1))
    shown = list(
        chapters.filter(number__gt=(page - 1) * CONTENTS_LIMIT, number__lte=page * CONTENTS_LIMIT)
        .in_order()
        .without_text()
    )
    drafts = {chapter.pk for chapter in shown if not chapter.is_out(now)}
    place = place_in(request.user, book, now)
    context = {
        "book": book,
        "chapters": shown,
        "drafts": drafts,
        "first_number": ends["first"],
        "place": place,
        "mark": partial(mark_of, place),
        "earlier_page": page - 1,
        "later_page": page + 1 if page < contents_page(ends["last"] or 1) else 0,
    }
    response = render(request, "chapter/contents.html", context)
    return response if book.is_out(now) and not drafts else _not_stored(response)


@require_safe
def read(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One chapter, and everything that is needed to read it."""
    now = timezone.now()
    chapter = _chapter(request, slug, number)
    place = place_in(request.user, chapter.book, now)
    is_here = place and place.chapter == chapter and not place.is_finished
    neighbours = around(request.user, chapter, now)
    is_draft = not (chapter.is_out(now) and chapter.book.is_out(now))
    context: dict[str, Any] = {
        "book": chapter.book,
        "chapter": chapter,
        "is_draft": is_draft,
        "has_own_numbers": has_own_numbers(chapter.book),
        "text": drawn_text(chapter, request.user, now),
        "around": neighbours,
        "place": place if is_here else None,
        "knows_place": place is not None,
        "next_books": [] if neighbours.next else next_books(chapter.book, now=now),
        "contents_page": contents_page(number),
        # Looked at in a hole alone, as all that is one person's (``sites.chapter.framed``).
        "device": partial(_device, request),
        "me": person(request.user.pk) if isinstance(request.user, User) else "",
        **_elsewhere(chapter, is_draft=is_draft),
        "choices": _choices(reading_of(request)),
        "colours": Colour.choices,
        "report_reasons": ReportReason.choices,
        **layout_of(chapter.book),
    }
    response = render(request, "chapter/read.html", context)
    return _not_stored(response) if is_draft else response


@require_POST
def keep_place(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Keep the place: scripts get 204, a form (with ``next``) its page again."""
    chapter = _chapter(request, slug, number)
    try:
        places.keep_place(
            request.user,
            chapter,
            spot=places.Spot(
                paragraph=request.POST.get("paragraph", ""),
                fraction=_fraction(request.POST.get("fraction", "")),
                device=device_of(request.session.session_key),
            ),
            now=timezone.now(),
        )
    except places.NotAPlace as refusal:
        return HttpResponseBadRequest(str(refusal), content_type="text/plain; charset=utf-8")
    except places.ChapterNotReadable as refusal:
        raise Http404(str(refusal)) from refusal
    if "next" not in request.POST:
        return HttpResponse(status=204)
    messages.success(request, _("Your place is saved in this chapter."))
    return HttpResponseRedirect(safe_return(request, request.POST["next"]))


@require_POST
def reading(request: HttpRequest) -> HttpResponse:
    """Keep the reading settings in a cookie of all five hosts, and with the account if there is
    one: scripts get 204, a form (with ``next``) its page again."""
    chosen = ReadingSettings.parse(request.POST, reading_of(request))
    if isinstance(request.user, User):
        set_reading(request.user, chosen)
    response = (
        HttpResponseRedirect(safe_return(request, request.POST["next"]))
        if "next" in request.POST
        else HttpResponse(status=204)
    )
    remember(response, settings.READING_COOKIE_NAME, chosen.to_cookie())
    return response


def contents_page(number: int) -> int:
    """Give the page of the contents on which a chapter stands."""
    return (number - 1) // CONTENTS_LIMIT + 1


def _page(asked: str, last: int) -> int:
    """Read a page's number from the address; what is no such page gives the nearest."""
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    return min(max(number, 1), last)


def _chapter(request: HttpRequest, slug: str, number: int) -> Chapter:
    """Find a chapter that this person may read; 404 for what is missing and hidden alike."""
    chapters = Chapter.objects.readable_by(request.user).select_related("book")
    return get_object_or_404(chapters, book__slug=slug, number=number)


def _device(request: HttpRequest) -> str:
    return device_of(request.session.session_key)


def _fraction(sent: str) -> float:
    try:
        return float(sent)
    except ValueError:
        return math.nan  # refused by the action, which knows why


def _not_stored(response: HttpResponse) -> HttpResponse:
    """A draft must not outlive the right to read it in any cache."""
    patch_cache_control(response, no_store=True)
    return response


def _elsewhere(chapter: Chapter, *, is_draft: bool) -> dict[str, Any]:
    """Give what search engines and messengers read of a chapter; nothing of a draft."""
    if is_draft:
        return {}
    address = host_url("chapter", "read", chapter.book.slug, chapter.number)
    title = f"{chapter.title} · {chapter.book.title}"
    return {
        "data": chapter_data(chapter),
        "card": book_card(chapter.book, address=address, title=title),
    }


def _choices(chosen: ReadingSettings) -> dict[str, Any]:
    """Give what the text settings offer; a step of size is empty at its limit."""
    return {
        "themes": [*Theme.choices[1:], Theme.choices[0]],
        "faces": Face.choices,
        "measures": Measure.choices,
        "smaller": chosen.size - 1 if chosen.size > SMALLEST_SIZE else "",
        "larger": chosen.size + 1 if chosen.size < LARGEST_SIZE else "",
    }
