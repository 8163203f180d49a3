"""A book as a file, with its drafts, for those who may edit it."""

from __future__ import annotations

import tempfile

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from sites.books.exporters.answers import file_response
from sites.books.exporters.errors import ExportRefused
from sites.books.exporters.kept_edition import IN_MEMORY, file_name, whole_edition
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.publish.desk_page import own_book


def export(desk: DeskSite, request: HttpRequest, object_id: int) -> HttpResponseBase:
    """Give the whole book as EPUB."""
    book = own_book(request, object_id)
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the answer
    try:
        whole_edition(book, file, by=person_of(request), now=timezone.now())
    except ExportRefused as refusal:
        file.close()
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("publish:books_book_change", args=(book.pk,)))
    size = file.seek(0, 2)
    file.seek(0)
    return file_response(request, file, name=file_name(book.title), size=size)
