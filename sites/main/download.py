"""A published book as a file."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from sites.books.exporters.answers import kept_response
from sites.books.exporters.errors import ExportRefused, NothingToExport
from sites.books.models import Book
from storage.errors import StorageError


@require_safe
def download(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What is out of a book, as EPUB, for everybody."""
    from sites.books.exporters.kept_edition import file_name, published_edition

    now = timezone.now()
    book = get_object_or_404(Book.objects.published(now), slug=slug)
    try:
        key = published_edition(book, now=now)
    except NothingToExport:
        raise Http404 from None
    except (ExportRefused, StorageError) as refusal:
        return HttpResponse(f"{refusal}\n", status=503, content_type="text/plain; charset=utf-8")
    return kept_response(key, name=file_name(book.title))
