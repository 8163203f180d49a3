"""Words for a chapter that is not stored yet: kept while somebody types, and shown on the next visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from realtime.presence import person
from sites.accounts.models import User
from sites.books.actions.clear_draft import Arrived
from sites.books.actions.save_new_draft import (
    clear_new_drafts,
    save_new_draft,
    throw_new_draft_away,
)
from sites.books.exceptions import BookError
from sites.books.models import Book, Chapter, NewChapterDraft
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.publish.continue_writing import books_of
from sites.publish.desk_page import own_book
from sites.publish.whose_page import require_own_page
from sites.publish.writing import anothers, kept, number_of
from sites.publish.writing_page import arrived_with, refused_of
from sites.row_key import row_key

OTHERS_SHOWN: Final = 6  # more have no place above a text


@dataclass(slots=True)
class NewWriting:
    """``own`` is what the person has typed for the book that the form was opened for (``book``, its key;
    empty where none was chosen), and ``shown`` the same where it stands in the form; ``others`` wait
    for other books."""

    me: str
    draft_address: str
    book: str
    own: NewChapterDraft | None = None
    shown: NewChapterDraft | None = None
    others: list[NewChapterDraft] = field(default_factory=list)
    #: The form has come back with a refusal: it holds what was typed on this page, up to this count.
    refused: Arrived | None = None

    @property
    def serial(self) -> int:
        """What of the own draft is seen on this page: an unseen one must not be written over."""
        own = self.own
        if own is None:
            return 0
        seen = self.refused.holds(own) if self.refused else own is self.shown
        return own.serial if seen else 0


def new_writing_of(request: HttpRequest, desk: str) -> NewWriting:
    """Look up what waits, in two queries."""
    user, is_back = person_of(request), request.method == "POST"
    key = row_key((request.POST if is_back else request.GET).get("book", ""))
    book = "" if key is None else str(key)
    found = NewWriting(person(user.pk), reverse(f"{desk}:new_draft"), book)
    found.own = _waiting(user).filter(book=key).first()
    if is_back:
        found.refused = refused_of(request)
    else:
        found.shown = found.own
        found.others = [row for row in waiting_for(user) if row.book_id != key]
    return found


def waiting_for(user: User) -> list[NewChapterDraft]:
    """Give what a person has typed for new chapters, the latest first and without the words, in one
    query."""
    own = _waiting(user).select_related("book").defer("text", "book__synopsis")
    return list(own.order_by("-saved_at", "-pk")[: OTHERS_SHOWN + 1])


def _waiting(user: User) -> QuerySet[NewChapterDraft]:
    on_desk = Q(book=None) | Q(book__in=books_of(user).order_by().values("pk"))
    return NewChapterDraft.objects.filter(on_desk, author=user, is_waiting=True)


def after_adding(request: HttpRequest, chapter: Chapter) -> None:
    """What the form held waits no longer."""
    shown = row_key(request.POST.get("shown_book", ""))
    clear_new_drafts(chapter, arrived_with(request), shown=shown, by=person_of(request))


def new_draft(desk: DeskSite, request: HttpRequest) -> HttpResponse:
    """Keep what was typed for a new chapter, or throw away what waits."""
    chosen = request.POST.get("book", "")
    form = reverse(f"{desk.name}:books_chapter_add")
    if request.method != "POST":
        return HttpResponseRedirect(form)
    throws_away = "throw_away" in request.POST
    if not throws_away and (refused := anothers(request)):
        return refused
    key = row_key(chosen)
    book = own_book(request, key) if key is not None else None
    if throws_away:
        _throw_away(request, book)
        return HttpResponseRedirect(form + (f"?book={book.pk}" if book else ""))
    serial, by = number_of(request.POST.get("serial", "")), person_of(request)
    return kept(request, lambda words: save_new_draft(book, words, serial=serial, by=by))


def _throw_away(request: HttpRequest, book: Book | None) -> None:
    serial = number_of(request.POST.get("serial", ""))
    try:
        require_own_page(request)
        throw_new_draft_away(book, by=person_of(request), serial=serial)
    except (BookError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The unstored words are gone."))
