"""The cover of a book: the one it has, and the way to another."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.accounts.models import User
from sites.books.actions.set_cover import set_cover, take_cover_off
from sites.books.exceptions import BookError
from sites.books.models import Book
from sites.books.permissions import may_edit
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.publish.desk_page import desk_page, own_book
from sites.publish.sent_file import SentFileForm
from storage.errors import StorageError, UploadError


class CoverForm(SentFileForm):
    """A picture for the cover."""

    purpose = "cover"
    file = forms.FileField(
        label=gettext_lazy("Picture"),
        required=False,
        widget=forms.FileInput(
            {"class": "desk-field", "accept": ".jpg,.jpeg,.png,.webp,.avif,.gif,.svg"}
        ),
        help_text=gettext_lazy(
            "Upright, three to four, at least 1,200 pixels high; JPEG, PNG, WebP, AVIF or SVG, up to "
            "20 MB. Where and with what it was taken is not kept."
        ),
    )


def cover(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show the cover; take another one, or have it drawn again."""
    user, book = person_of(request), own_book(request, object_id)
    form = CoverForm()
    if request.method == "POST" and request.POST.get("do") == "draw":
        return _drawn_again(request, book, user)
    if request.method == "POST":
        form = CoverForm(request.POST, request.FILES)
        if form.is_valid() and _set(form, book, user):
            messages.success(request, _("The book has a new cover."))
            return HttpResponseRedirect(request.path)
    context = {
        "title": _("Cover"),
        "book": book,
        "form": form,
        "edits": may_edit(user, book),
        "is_drawn": (book.cover.name or "").endswith(".svg"),
    }
    return desk_page(desk, request, "publish/book_cover.html", context)


def _set(form: CoverForm, book: Book, user: User) -> bool:
    now = timezone.now()
    try:
        set_cover(book, form.sent(by=user, now=now), by=user, now=now)
    except (BookError, UploadError, StorageError, PermissionDenied) as refusal:
        form.add_error("file", str(refusal))
        return False
    return True


def _drawn_again(request: HttpRequest, book: Book, user: User) -> HttpResponse:
    try:
        take_cover_off(book, by=user, now=timezone.now())
    except (BookError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The cover is drawn from the title again."))
    return HttpResponseRedirect(request.path)
