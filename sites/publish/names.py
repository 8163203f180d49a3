"""The names on a book's cover: who stands there, who is asked, and who may ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.accounts.models import User
from sites.books.actions.invite_author import (
    InvitationGone,
    find_author,
    invite_author,
    take_back_invitation,
)
from sites.books.actions.leave_book import leave_book
from sites.books.actions.move_name_up import move_name_up
from sites.books.actions.versions import GoneMeanwhile
from sites.books.exceptions import BookError
from sites.books.models import Authorship, Book
from sites.books.permissions import is_editor, may_edit, may_invite
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.publish.desk_page import desk_page, own_book
from sites.row_key import row_key

LONGEST_NAMED: Final = 254  # characters; of an e-mail address, and names are shorter


class InviteForm(forms.Form):
    """Whom to ask, and as what."""

    who = forms.CharField(
        label=gettext_lazy("E-mail address, or an author's name"),
        max_length=LONGEST_NAMED,
        widget=forms.TextInput({"class": "desk-field", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "They answer at their own desk. Nothing stands on the cover before they say yes."
        ),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("As"),
        choices=Authorship.Role.choices,
        widget=forms.Select({"class": "desk-field"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


def names(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show the cover's names and its open invitations; invite, take back, leave."""
    user, book = person_of(request), own_book(request, object_id)
    form = InviteForm()
    if request.method == "POST":
        asked = request.POST.get("do", "")
        if asked in _ANSWERS:
            return _answered(request, book, user, _ANSWERS[asked])
        form = InviteForm(request.POST)
        if form.is_valid() and _invited(request, book, form, user):
            return HttpResponseRedirect(request.path)
    now = timezone.now()
    invites = may_invite(user, book)
    invited = book.invitations.open(now).select_related("author", "invited_by__author")
    context = {
        "title": _("Names on the cover"),
        "book": book,
        "names": sorted(book.authorships.all(), key=lambda row: (row.position, row.pk)),
        "invited": list(invited) if invites or is_editor(user) else [],
        "invites": invites,
        "form": form,
    }
    return desk_page(desk, request, "publish/names.html", context)


def _invited(request: HttpRequest, book: Book, form: InviteForm, user: User) -> bool:
    who, role = form.cleaned_data["who"].strip(), form.cleaned_data["role"]
    try:
        to = who if "@" in who else find_author(who)
        invite_author(book, to=to, role=role, by=user, now=timezone.now())
    except (BookError, PermissionDenied) as refusal:
        form.add_error("who", str(refusal))
        return False
    messages.success(request, _("%(who)s is asked. You will be told of the answer.") % {"who": who})
    return True


def _answered(
    request: HttpRequest, book: Book, user: User, answer: Callable[[Book, int, User], str]
) -> HttpResponse:
    row = row_key(request.POST.get("row", "")) or 0
    try:
        messages.success(request, answer(book, row, user))
    except (BookError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
    mine = may_edit(user, book)
    return HttpResponseRedirect(request.path if mine else reverse("publish:index"))


def _take_back(book: Book, row: int, user: User) -> str:
    found = book.invitations.filter(pk=row).first()
    if found is None:
        raise InvitationGone
    take_back_invitation(found, by=user, now=timezone.now())
    return _("The invitation is taken back.")


def _leave(book: Book, row: int, user: User) -> str:
    found = book.authorships.filter(pk=row).first()
    if found is None:
        raise GoneMeanwhile(book.title)
    leave_book(found, by=user, now=timezone.now())
    return _("Your name no longer stands on “%(title)s”.") % {"title": book.title}


def _move_up(book: Book, row: int, user: User) -> str:
    found = book.authorships.filter(pk=row).first()
    if found is None:
        raise GoneMeanwhile(book.title)
    move_name_up(found, by=user, now=timezone.now())
    return _("The names stand in a new order.")


_ANSWERS: Final[dict[str, Callable[[Book, int, User], str]]] = {
    "take_back": _take_back,
    "leave": _leave,
    "move_up": _move_up,
}
