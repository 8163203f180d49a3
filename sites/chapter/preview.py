"""A book before it is out, for whoever was given a link: its contents and its chapters.

Nothing is kept of who reads here: no place, no cookie beside those of the house. The address is a
secret, so no page that is linked to learns it, no cache keeps a page, and no form stands on one
(without a referrer browsers send ``Origin: null``, which is refused).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from sites.books.actions.preview_link import open_preview
from sites.books.models import Chapter, PreviewLink
from sites.books.models.book import cover_names
from sites.books.models.chapter import ChapterQuerySet
from sites.books.own_numbers import has_own_numbers
from sites.books.text.links import chapter_references
from sites.chapter.drawn_text import drawn_with
from sites.chapter.layout import layout_of

#: Chapters on the one page of contents: more than any book has that is shown before it is out.
MOST_LISTED = 2_000

View = Callable[..., HttpResponse]


def _in_private(view: View) -> View:
    """Keep what a view answers, and its address, between the reader and the house; 404 with a
    sentence where the link leads nowhere (any more)."""

    @require_safe
    @wraps(view)
    def private(request: HttpRequest, **parts: Any) -> HttpResponse:
        try:
            response = view(request, **parts)
        except Http404:
            response = render(request, "chapter/preview_over.html", status=404)
        patch_cache_control(response, private=True, no_store=True)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return private


@_in_private
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """All chapters of the book, drafts included."""
    link = _link(token)
    prefetch_related_objects([link.book], cover_names())
    chapters = Chapter.objects.filter(book=link.book).in_order().without_text()
    context = _context(link, token) | {"chapters": list(chapters[:MOST_LISTED])}
    return render(request, "chapter/preview.html", context)


@_in_private
def preview_chapter(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """One chapter to read."""
    link = _link(token)
    own = Chapter.objects.filter(book=link.book)
    chapter = own.filter(number=number).first()
    if chapter is None:
        raise Http404
    context = _context(link, token) | {
        "chapter": chapter,
        "has_own_numbers": has_own_numbers(link.book),
        "text": drawn_with(chapter.text, _addresses(chapter, token)),
        **_neighbours(own, number),
        **layout_of(link.book),
    }
    return render(request, "chapter/preview_chapter.html", context)


def _link(token: str) -> PreviewLink:
    link = open_preview(token, now=timezone.now())
    if link is None:
        raise Http404
    return link


def _context(link: PreviewLink, token: str) -> dict[str, Any]:
    return {"book": link.book, "until": link.expires_at, "token": token}


def _neighbours(own: ChapterQuerySet, number: int) -> dict[str, Chapter | None]:
    """Find the chapters on both sides of one, drafts included, in one query."""
    chapters = own.without_text()
    before = chapters.filter(number__lt=number).order_by("-number")[:1]
    after = chapters.filter(number__gt=number).order_by("number")[:1]
    found = list(before.union(after))
    return {
        "previous": next((one for one in found if one.number < number), None),
        "next": next((one for one in found if one.number > number), None),
    }


def _addresses(chapter: Chapter, token: str) -> dict[str, str]:
    """Give the addresses of the chapters that one refers to: its own book's, within the preview."""
    uids = chapter_references(chapter.text)
    found = Chapter.objects.filter(book=chapter.book_id, uid__in=uids) if uids else None
    numbers = found.values_list("uid", "number") if found is not None else ()
    return {uid: reverse("preview_chapter", args=(token, number)) for uid, number in numbers}
