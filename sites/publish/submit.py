"""A book's way to readers, from its authors' side: submit, take back, withdraw, publish again, and
the talk with the editors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.accounts.models import User
from sites.books.actions.comment_on_submission import Anchor
from sites.books.actions.steps import PUBLISH_AGAIN, SUBMIT, TAKE_BACK, WITHDRAW, may_step
from sites.books.actions.submit_book import submit_book
from sites.books.actions.take_back_book import take_back_book
from sites.books.actions.withdraw_book import publish_again, withdraw_book
from sites.books.exceptions import BookError
from sites.books.models import Book, Chapter
from sites.books.models.submission import LONGEST_COMMENT
from sites.books.permissions import is_house_editor
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.desk.talk import CommentForm, talk_about
from sites.desk.typed_text import some_lines
from sites.links import host_url
from sites.publish.desk_page import desk_page, own_book
from sites.publish.way import cures_for, line_of

#: Rounds that the page lists, the newest first: a book that needs more was talked about enough.
ROUNDS_SHOWN: Final = 20


class NoteForm(forms.Form):
    """What the editors should know."""

    note = forms.CharField(
        label=gettext_lazy("A note to the editors"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea({"rows": 4, "class": "desk-field", "dir": "auto"}),
        help_text=gettext_lazy("What should they know? You can leave it empty."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean_note(self) -> str:
        return some_lines(self.cleaned_data["note"])


def submission(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show where a book stands and what it lacks; take the next step of its way."""
    user, book = person_of(request), own_book(request, object_id)
    note = NoteForm()
    if request.method == "POST":
        step = _STEPS.get(request.POST.get("do", ""))
        note = NoteForm(request.POST)
        if step is None:
            messages.error(request, _("Choose what is to become of the book."))
        elif note.is_valid() and _taken(request, book, step, note.cleaned_data["note"]):
            return HttpResponseRedirect(request.path)
        book = own_book(request, object_id)  # as it is now, whoever was faster
    return desk_page(
        desk, request, "publish/submission.html", _page(request, book, user, note=note)
    )


def say(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Take a comment on the newest round."""
    user, book = person_of(request), own_book(request, object_id)
    here = reverse("publish:submission", args=(book.pk,))
    newest = book.submissions.order_by("-number").first()
    if request.method != "POST" or newest is None:
        return HttpResponseRedirect(here)
    newest.book = book
    form = CommentForm(request.POST, submission=newest)
    comment = form.say(by=user, now=timezone.now())
    if comment is not None:
        return HttpResponseRedirect(f"{here}#comment-{comment.pk}")
    context = _page(request, book, user, comment=form)
    return desk_page(desk, request, "publish/submission.html", context)


def _page(
    request: HttpRequest,
    book: Book,
    user: User,
    *,
    note: NoteForm | None = None,
    comment: CommentForm | None = None,
) -> dict[str, Any]:
    counted = book.submissions.annotate(said=Count("comments")).order_by("-number")
    rounds = list(counted[:ROUNDS_SHOWN])
    shown = _round(request, rounds)
    context = {
        "title": _("On its way"),
        "book": book,
        "line": line_of(book, now=timezone.now()),
        "rounds": rounds,
        "round": shown,
        "note": note or NoteForm(),
        "confirm": request.GET.get("confirm", "") if request.method == "GET" else "",
        **_steps(book, user),
    }
    if shown:
        shown.book = book
        context["talk"] = talk_about(
            shown,
            page=request.GET.get("talk", "1"),
            link=_reader_at(book),
            count=shown.said,
        )
        if shown == rounds[0]:
            about = _about(request, book)
            context["comment_form"] = comment or CommentForm(submission=shown, about=about)
            context["comment_action"] = reverse("publish:say", args=(book.pk,))
            context["answers"] = True
    return context


def _steps(book: Book, user: User) -> dict[str, Any]:
    """Give what may be done now, so that nothing is offered that would be refused."""
    submits = may_step(book, SUBMIT)
    return {
        "submits": submits,
        "missing": cures_for(book) if submits else [],
        "takes_back": may_step(book, TAKE_BACK),
        "withdraws": may_step(book, WITHDRAW),
        "publishes_again": may_step(book, PUBLISH_AGAIN)
        and (is_house_editor(user) or not book.withdrawn_by_house),
    }


def _round(request: HttpRequest, rounds: list[Any]) -> Any:
    """Give the round that the address asks for, else the newest."""
    asked = request.GET.get("round", "")
    found = [one for one in rounds if str(one.number) == asked]
    return next(iter(found or rounds), None)


def _reader_at(book: Book) -> Callable[[Chapter], str]:
    """The reading room has every paragraph under its id, and authors see their drafts there."""
    return lambda chapter: host_url("chapter", "read", book.slug, chapter.number)


def _about(request: HttpRequest, book: Book) -> Anchor | None:
    """Give the chapter and paragraph that the address asks to write about."""
    uid, _point, paragraph = request.GET.get("about", "").replace("\x00", "").partition("~")
    chapter = book.chapters.filter(uid=uid).first() if uid else None
    return Anchor(chapter, paragraph[:12]) if chapter else None


def _taken(
    request: HttpRequest, book: Book, step: Callable[[Book, User, datetime, str], str], note: str
) -> bool:
    """Take a step; False where it was refused, with the reason on the page."""
    try:
        done = step(book, person_of(request), timezone.now(), note)
    except (BookError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


def _submit(book: Book, user: User, now: datetime, note: str) -> str:
    submit_book(book, note=note, by=user, now=now)
    return _("The editors have your book. You will be told what they say.")


def _take_back(book: Book, user: User, now: datetime, note: str) -> str:
    take_back_book(book, by=user, now=now)
    return _("Your book is a draft again.")


def _withdraw(book: Book, user: User, now: datetime, note: str) -> str:
    withdraw_book(book, by=user, now=now)
    return _("Readers no longer see your book.")


def _publish_again(book: Book, user: User, now: datetime, note: str) -> str:
    publish_again(book, by=user, now=now)
    return _("Readers see your book again.")


_STEPS: Final[dict[str, Callable[[Book, User, datetime, str], str]]] = {
    "submit": _submit,
    "take_back": _take_back,
    "withdraw": _withdraw,
    "publish_again": _publish_again,
}
