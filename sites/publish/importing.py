"""The import page: choose a file, look at what it would change, confirm or leave it."""

from __future__ import annotations

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
from sites.books.actions.import_chapters import ChaptersHeld
from sites.books.actions.import_store import ImportResult
from sites.books.actions.import_target import ChangedSincePreview
from sites.books.actions.import_upload import (
    ask_for_chapters,
    cancel_upload,
    confirm_upload,
    find_upload,
    keep_upload,
    others_in,
)
from sites.books.exceptions import BookError
from sites.books.models import Book, PendingImport
from sites.books.models.book import BookQuerySet
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.publish.continue_writing import books_of
from sites.publish.desk_page import desk_page
from sites.publish.sent_file import SentFileForm
from sites.row_key import row_key
from storage.errors import StorageError, UploadError

BOOKS_OFFERED: Final = 50  # the latest; any other is chosen from its own page
NEW: Final = ""


class ImportForm(SentFileForm):
    """A file, and what it is for."""

    purpose = "manuscript"
    book = forms.ChoiceField(
        label=gettext_lazy("Into"),
        required=False,
        widget=forms.Select({"class": "desk-field"}),
        help_text=gettext_lazy(
            "A file that came from a book of yours goes back into that book by itself."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        widget=forms.FileInput(
            {"class": "desk-field", "accept": ".epub,.docx,.md,.markdown,.txt,.zip"}
        ),
    )

    def __init__(self, *args: Any, books: list[Book], **kwargs: Any) -> None:
        from sites.books.upload_purposes import LARGEST_MANUSCRIPT  # not with the process

        super().__init__(*args, **kwargs)
        self._books = {str(book.pk): book for book in books}
        choices = [(key, book.title) for key, book in self._books.items()]
        self.fields["book"].choices = [(NEW, _("A new book")), *choices]  # type: ignore[attr-defined]
        # Of a file that is sent by itself; what comes with a form may have settings.LARGEST_BODY.
        size = {"limit": LARGEST_MANUSCRIPT // 1_000_000}
        self.fields["file"].help_text = (
            _("EPUB, DOCX or Markdown, or a zip of Markdown files; up to %(limit)d MB.") % size
        )

    @property
    def chosen(self) -> Book | None:
        """The book that was chosen, once the form is valid."""
        return self._books.get(self.cleaned_data["book"])


def import_page(desk: DeskSite, request: HttpRequest) -> HttpResponse:
    """Take a file, and lead to what it would change."""
    user = person_of(request)
    wanted = (request.GET if request.method == "GET" else request.POST).get("book", "")
    books = _books(user, wanted)
    if request.method != "POST":
        form = ImportForm(books=books, initial={"book": wanted})
    else:
        form = ImportForm(request.POST, request.FILES, books=books)
        if form.is_valid() and (pending := _kept(form, user)):
            return HttpResponseRedirect(reverse("publish:import_preview", args=(pending.token,)))
    context = {"title": _("Import a file"), "form": form}
    return desk_page(desk, request, "publish/import.html", context)


def import_preview(desk: DeskSite, request: HttpRequest, token: str) -> HttpResponse:
    """Show what a file would change; import it, or forget it."""
    user, now = person_of(request), timezone.now()
    try:
        if request.method == "POST" and request.POST.get("do") == "cancel":
            cancel_upload(token, by=user, now=now)
            messages.info(request, _("The file was not imported, and is forgotten."))
            return HttpResponseRedirect(reverse("publish:import"))
        if request.method == "POST" and request.POST.get("do") == "ask":
            return _asked(request, token, user)
        if request.method == "POST" and request.POST.get("do") == "confirm":
            return _confirmed(request, token, user)
        pending = find_upload(token, by=user, now=now)
    except (BookError, StorageError, PermissionDenied) as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("publish:import"))
    context = {
        "title": _("What the file changes"),
        "pending": pending,
        "preview": pending.preview,
        "held": others_in(pending, by=user),
        "changes": any(pending.preview["counts"][kind] for kind in ("new", "changed")),
    }
    return desk_page(desk, request, "publish/import_preview.html", context)


def _books(user: User, wanted: str) -> list[Book]:
    """Give the books to choose from: the one that the address names, and the latest."""
    own: BookQuerySet = books_of(user).only("title", "language")
    latest = list(own.order_by("-written_at", "-pk")[:BOOKS_OFFERED])
    key = row_key(wanted)
    if key is not None and all(book.pk != key for book in latest):
        return [*own.filter(pk=key), *latest]
    return latest


def _kept(form: ImportForm, user: User) -> PendingImport | None:
    """Keep the upload; a refusal becomes the fault of the form's file."""
    now = timezone.now()
    try:
        upload = form.sent(by=user, now=now)
        return keep_upload(upload, into=form.chosen, by=user, now=now)
    except (BookError, UploadError, StorageError, PermissionDenied) as refusal:
        form.add_error("file", str(refusal))
        return None


def _asked(request: HttpRequest, token: str, user: User) -> HttpResponse:
    """Ask whoever writes in chapters that the file changes to hand them over."""
    if ask_for_chapters(token, by=user, now=timezone.now()):
        said = _("You have asked. Import the file as soon as they hand over or rest for a minute.")
        messages.info(request, said)
    return HttpResponseRedirect(request.path)


def _confirmed(request: HttpRequest, token: str, user: User) -> HttpResponse:
    try:
        result = confirm_upload(token, by=user, now=timezone.now())
    except (ChangedSincePreview, ChaptersHeld) as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(request.path)
    messages.success(request, _said(result))
    for note in result.notes:
        messages.info(request, note)
    return HttpResponseRedirect(reverse("publish:chapters", args=(result.book.pk,)))


def _said(result: ImportResult) -> str:
    return _(
        "“%(title)s” is imported: %(new)d chapters new, %(changed)d changed, %(same)d unchanged. "
        "What is new is a draft."
    ) % {
        "title": result.book.title,
        "new": result.chapters_added,
        "changed": result.chapters_changed,
        "same": result.chapters_unchanged,
    }
