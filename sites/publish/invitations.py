"""What one is asked onto: invitations to answer."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sites.accounts.models import User
from sites.books.actions.answer_invitation import accept_invitation, decline_invitation
from sites.books.exceptions import BookError
from sites.books.models import Author, AuthorInvitation
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.publish.desk_page import desk_page
from sites.row_key import row_key

#: Invitations on the page: more open questions at once are no longer answered one by one.
SHOWN: Final = 50


def invitations(desk: DeskSite, request: HttpRequest) -> HttpResponse:
    """List the open invitations to this person, and take their answers."""
    user = person_of(request)
    if request.method == "POST":
        return _answer(request, user)
    asked = (
        AuthorInvitation.objects.open(timezone.now())
        .to(user)
        .select_related("book", "invited_by__author")
        .defer("book__synopsis")
    )
    context = {
        "title": _("Invitations onto covers"),
        "asked": list(asked[:SHOWN]),
        "is_author": Author.objects.filter(user=user).exists(),
    }
    return desk_page(desk, request, "publish/invitations.html", context)


def _answer(request: HttpRequest, user: User) -> HttpResponse:
    key = row_key(request.POST.get("invitation", ""))
    if key is None:
        raise Http404
    found = AuthorInvitation.objects.to(user).select_related("book").filter(pk=key).first()
    here = HttpResponseRedirect(request.path)
    if found is None:
        messages.error(request, _("This invitation is no longer open."))
        return here
    try:
        if request.POST.get("answer") == "accept":
            accept_invitation(found, by=user, now=timezone.now())
            messages.success(
                request, _("Your name stands on “%(title)s”.") % {"title": found.book.title}
            )
            book = reverse("publish:books_book_change", args=(found.book_id,))
            return HttpResponseRedirect(book)
        decline_invitation(found, by=user, now=timezone.now())
        messages.success(request, _("You have declined. Nothing of the invitation is kept."))
    except (BookError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
    return here
