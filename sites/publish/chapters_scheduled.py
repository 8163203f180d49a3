"""What of one's books readers will see later, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from sites.accounts.models import User
from sites.books.models import Book, BookStatus, Chapter, Status
from sites.desk.admin import person_of
from sites.desk.moments import house_time_zone
from sites.desk.site import DeskSite
from sites.publish.continue_writing import books_of
from sites.publish.desk_page import desk_page

#: Of books and of chapters, the next ones first: nobody plans further ahead by hand.
MOST_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Planned:
    """A book, or a chapter of it, and the moment at which readers see it.

    ``waits`` is true for a chapter whose book they will not see by then.
    """

    at: datetime
    book: Book
    chapter: Chapter | None
    waits: bool


def scheduled(user: User, *, now: datetime) -> list[Planned]:
    """Give what comes out later of the books on a person's desk, the next first, in two queries."""
    books = books_of(user).filter(status=BookStatus.PUBLISHED, publish_at__gt=now)
    chapters = (
        Chapter.objects.without_text()
        .select_related("book")
        .filter(book__in=books_of(user), status=Status.PUBLISHED, publish_at__gt=now)
    )
    planned = [
        Planned(book.publish_at, book, None, waits=False)
        for book in books.order_by("publish_at", "pk")[:MOST_SHOWN]
        if book.publish_at
    ]
    planned += [
        Planned(row.publish_at, row.book, row, waits=not row.book.is_out(row.publish_at))
        for row in chapters.order_by("publish_at", "pk")[:MOST_SHOWN]
        if row.publish_at
    ]
    return sorted(planned, key=lambda row: (row.at, row.book.pk, row.chapter is not None))


def scheduled_page(desk: DeskSite, request: HttpRequest) -> HttpResponse:
    """List what is scheduled, by day."""
    context = {
        "title": _("Scheduled"),
        "planned": scheduled(person_of(request), now=timezone.now()),
        "zone": house_time_zone(),
    }
    return desk_page(desk, request, "publish/scheduled.html", context)
