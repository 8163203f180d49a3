"""Links that show a book before it is out, for whoever is given one."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.books.actions.preview_link import (
    MOST_DAYS,
    create_preview_link,
    preview_token,
    revoke_preview_links,
)
from sites.books.exceptions import BookError
from sites.books.models import Book, PreviewLink
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.links import host_url
from sites.publish.desk_page import desk_page, own_book

#: Days that the page offers: over the weekend, a week, two weeks, as long as can be.
DAYS_OFFERED: Final = (3, 7, 14, MOST_DAYS)


def preview_links(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """List a book's open links, make one more, and end them all."""
    book = own_book(request, object_id)
    if request.method == "POST":
        try:
            messages.success(request, _done(request, book))
        except (BookError, PermissionDenied) as refusal:
            messages.error(request, str(refusal))
        return HttpResponseRedirect(request.path)
    rows = PreviewLink.objects.open(timezone.now()).filter(book=book).select_related("created_by")
    context: dict[str, Any] = {
        "title": _("Preview"),
        "book": book,
        "links": [(row, host_url("chapter", "preview", preview_token(row))) for row in rows],
        "days": DAYS_OFFERED,
    }
    return desk_page(desk, request, "publish/preview_links.html", context)


def _done(request: HttpRequest, book: Book) -> str:
    user, now = person_of(request), timezone.now()
    if request.POST.get("do") == "end":
        ended = revoke_preview_links(book, by=user, now=now)
        return ngettext("%(n)s link has ended.", "%(n)s links have ended.", ended) % {"n": ended}
    typed = request.POST.get("days", "")
    days = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    create_preview_link(book, by=user, now=now, days=days)
    return _("The link is ready: copy it and send it to whoever shall read the book.")
