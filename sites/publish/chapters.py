"""The chapters of one book in their order: where each stands, and moving them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.books.actions.order_chapters import MOST_CHAPTERS, order_chapters
from sites.books.exceptions import BookError
from sites.books.models import Book
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.publish.desk_page import desk_page, own_book

#: A uid has 12 characters; a few more for the blank, and for what is no uid.
_LONGEST_ORDER: Final = MOST_CHAPTERS * 16


def chapters(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show all chapters of a book, and store them in the order that was sent.

    A page with scripts sends the whole order; without, a button moves one chapter by one place.
    """
    book = own_book(request, object_id)
    if request.method == "POST":
        _store(request, book)
        return HttpResponseRedirect(request.path)
    rows = list(book.chapters.in_order().without_text()[:MOST_CHAPTERS])
    now = timezone.now()
    context: dict[str, Any] = {
        "title": _("Chapters"),
        "book": book,
        "rows": rows,
        "coming": {row.pk for row in rows if row.status == "published" and not row.is_out(now)},
        "order": " ".join(row.uid for row in rows),
        "last": len(rows),
    }
    return desk_page(desk, request, "publish/chapters.html", context)


def _store(request: HttpRequest, book: Book) -> None:
    seen = request.POST.get("seen", "")[:_LONGEST_ORDER].split()
    order = request.POST.get("order", "")[:_LONGEST_ORDER].split()
    for field, step in (("up", -1), ("down", 1)):
        if field in request.POST:
            order = _moved(seen, request.POST[field], step)
    try:
        moved = order_chapters(book, order, by=person_of(request), now=timezone.now(), seen=seen)
    except (BookError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
        return
    if moved:
        said = ngettext(
            "%(n)s chapter has a new number.", "%(n)s chapters have new numbers.", moved
        )
        messages.success(request, said % {"n": moved})


def _moved(order: Sequence[str], uid: str, step: int) -> list[str]:
    """Give the order with one chapter a place further; at an end it stays."""
    moved = list(order)
    if uid in moved:
        place = moved.index(uid)
        moved.insert(max(0, place + step), moved.pop(place))
    return moved
