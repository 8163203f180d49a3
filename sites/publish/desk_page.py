"""Pages of the writing desk that are no list and no form of a row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse

from sites.books.models import Book
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.publish.continue_writing import books_of


def desk_page(
    desk: DeskSite, request: HttpRequest, template: str, context: Mapping[str, Any]
) -> TemplateResponse:
    """Render a template inside the desk, with its sidebar."""
    request.current_app = desk.name
    return TemplateResponse(request, template, {**desk.each_context(request), **context})


def own_book(request: HttpRequest, key: int) -> Book:
    """Give a book that lies on the person's desk, with the names on its cover. Raises ``Http404``."""
    book = books_of(person_of(request)).for_cards().defer(None).filter(pk=key).first()
    if book is None:
        raise Http404
    return book
