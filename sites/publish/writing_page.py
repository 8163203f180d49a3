"""What the form of a chapter knows of those who write in it: who holds the lease, what waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from realtime.presence import person
from sites.books.actions.clear_draft import Arrived, clear_stored_draft
from sites.books.actions.give_lease_back import give_lease_back
from sites.books.exceptions import BookError
from sites.books.leases import Lease, lease_of
from sites.books.models import Chapter, ChapterDraft
from sites.books.writing_rooms import room_of_writing
from sites.desk.admin import person_of
from sites.publish.both_texts import both_texts, typed_version
from sites.publish.whose_page import AnothersPage
from sites.publish.writing import hold_of, number_of, page_of

DRAFTS_SHOWN: Final = 6  # of others, at once: more have no place above a text


@dataclass(slots=True)
class Writing:
    """``shown`` is the draft that the form shows in the place of the stored text; ``overtaken`` one
    of the person's own that was made from another text; ``own`` is theirs, waiting or not."""

    chapter: Chapter
    lease: Lease
    room: str
    me: str
    address: str
    draft_address: str
    version: datetime
    own: ChapterDraft | None = None
    shown: ChapterDraft | None = None
    overtaken: ChapterDraft | None = None
    others: list[ChapterDraft] = field(default_factory=list)
    both: dict[str, Any] | None = None
    #: The form has come back with a refusal: it holds what was typed on this page, up to this count.
    refused: Arrived | None = None

    @property
    def serial(self) -> int:
        """What of the own draft is seen on this page: an unseen one must not be written over."""
        own = self.own
        if own is None:
            return 0
        seen = self.refused.holds(own) if self.refused else own is self.shown
        return own.serial if seen or not own.is_waiting else 0


def writing_of(request: HttpRequest, chapter: Chapter, desk: str) -> Writing:
    """Look up who writes and what waits, in three queries, or four where texts are compared."""
    user = person_of(request)
    drafts = ChapterDraft.objects.filter(chapter=chapter).select_related("author")
    waiting = drafts.filter(base__isnull=False).exclude(author=user)
    found = Writing(
        chapter,
        lease_of(chapter),
        room_of_writing(chapter.pk),
        person(user.pk),
        reverse(f"{desk}:lease", args=(chapter.pk,)),
        reverse(f"{desk}:draft", args=(chapter.pk,)),
        chapter.updated_at,
    )
    found.own = drafts.filter(author=user).first()
    found.others = list(waiting.order_by("-saved_at")[:DRAFTS_SHOWN])
    if request.method == "POST":
        found.refused = refused_of(request)
    else:
        _choose(found, number_of(request.GET.get("draft", "")))
    return found


def _choose(found: Writing, asked: int) -> None:
    """Choose what the form shows: the draft that was asked for, else the own one that waits; where
    the chapter was changed since, the stored text with both side by side."""
    own, chapter = found.own, found.chapter
    waiting = [*found.others, *([own] if own and own.is_waiting else [])]
    found.shown = next((row for row in waiting if row.pk == asked), None)
    if found.shown or own is None or not own.is_waiting:
        return
    if own.base == chapter.updated_at:
        found.shown = own
        return
    found.overtaken = own
    found.both = both_texts(chapter, typed_version(own.title, own.text))


def both_of_refused(request: HttpRequest, form: Any) -> dict[str, Any] | None:
    """Give both texts where somebody else's was stored while the form was open."""
    if all(error.code != "overtaken" for error in form.non_field_errors().as_data()):
        return None
    stored = Chapter.objects.select_related("book").filter(pk=form.instance.pk).first()
    typed = typed_version(request.POST.get("title", ""), request.POST.get("text", ""))
    return both_texts(stored, typed) if stored else None


def after_storing(request: HttpRequest, chapter: Chapter) -> None:
    """What the form held waits no longer, and the page writes no longer."""
    user, hold = person_of(request), hold_of(request)
    clear_stored_draft(chapter, arrived_with(request), by=user)
    if hold.page:
        try:
            give_lease_back(chapter, by=user, hold=hold)
        except BookError:
            return  # another page of the person's has it


def refused_of(request: HttpRequest) -> Arrived | None:
    """Give what a form holds that has come back; nothing of what was drawn for another person: it is
    nobody's yet."""
    is_anothers = isinstance(getattr(request, "refusal", None), AnothersPage)
    return None if is_anothers else arrived_with(request)


def arrived_with(request: HttpRequest) -> Arrived:
    """Read what a form was sent with."""
    sent = request.POST
    return Arrived(
        number_of(sent.get("draft_serial", "")),
        page_of(sent.get("draft_page", "")),
        number_of(sent.get("draft_sent", "")),
    )
