"""A reader's highlights: the books that have some, those of one book, and files of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sites.accounts.models import User
from sites.books.models import Book
from sites.community.export_highlights import as_json, as_markdown
from sites.community.highlights import BOOKS_OF_A_PAGE, Listed, all_listed, listed, own_in
from sites.community.models import Colour, Highlight
from sites.links import host_url
from sites.returning import by_way_of

#: Highlights on one page of a book's: some three screens.
OF_A_PAGE: Final = 30

_Write = Callable[[Book, Iterable[Listed]], str]


@require_safe
@never_cache
def all_highlights(request: HttpRequest) -> HttpResponse:
    """The books in which somebody has marked something, the last marked first."""
    if not isinstance(request.user, User):
        return by_way_of("sign_in", host_url("chapter", "highlights"))
    counted = Highlight.objects.of(request.user).counted_by_book()
    page = Paginator(counted, BOOKS_OF_A_PAGE).get_page(request.GET.get("page", ""))
    books = Book.objects.for_cards().in_bulk([row["book"] for row in page])
    rows = [(books[row["book"]], row["count"]) for row in page if row["book"] in books]
    return render(request, "chapter/highlights.html", {"rows": rows, "page": page})


@require_safe
@never_cache
def book_highlights(request: HttpRequest, slug: str) -> HttpResponse:
    """One's highlights in a book, in the order of the text."""
    if not isinstance(request.user, User):
        return by_way_of("sign_in", host_url("chapter", "book_highlights", slug))
    book = _book(request.user, slug)
    page = Paginator(own_in(request.user, book), OF_A_PAGE).get_page(request.GET.get("page", ""))
    context = {"book": book, "page": page, "rows": listed(page), "colours": Colour.choices}
    return render(request, "chapter/book_highlights.html", context)


@require_safe
@never_cache
def as_file(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """All of them as a file: ``kind`` is ``md`` or ``json``."""
    if kind not in _KINDS:
        raise Http404
    if not isinstance(request.user, User):
        return by_way_of("sign_in", host_url("chapter", "book_highlights", slug))
    book = _book(request.user, slug)
    type_, write = _KINDS[kind]
    response = HttpResponse(
        write(book, all_listed(own_in(request.user, book))), content_type=f"{type_}; charset=utf-8"
    )
    # A slug has letters, digits and hyphens.
    response["Content-Disposition"] = f'attachment; filename="{book.slug}-highlights.{kind}"'
    return response


_KINDS: Final[dict[str, tuple[str, _Write]]] = {
    "md": ("text/markdown", as_markdown),
    "json": ("application/json", as_json),
}


def _book(user: User, slug: str) -> Book:
    """Find a book that the person sees, or in which they have marked something: what they wrote stays
    theirs when the book is withdrawn."""
    book = Book.objects.for_cards().filter(slug=slug).first()
    if book is None:
        raise Http404
    is_theirs = Highlight.objects.of(user).in_book(book).exists()
    if not is_theirs and not Book.objects.visible_to(user, timezone.now()).filter(pk=book.pk):
        raise Http404
    return book
