"""A reader's four shelves, and what they follow."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sites.accounts.models import User
from sites.books.models import Book, Shelf
from sites.books.shelves import SHOWN_OF_EACH, followed_authors, followed_books, on_shelf
from sites.links import host_url
from sites.returning import by_way_of

#: Books on one page of a single shelf.
OF_A_PAGE = 28


@dataclass(frozen=True)
class Plank:
    """One shelf with the books that the page shows; ``has_more`` leads to a page of its own."""

    shelf: Shelf
    books: list[Book]
    has_more: bool


@require_safe
@never_cache
def shelves(request: HttpRequest) -> HttpResponse:
    """All four, each with its newest, and what is followed."""
    if not isinstance(request.user, User):
        return by_way_of("sign_in", host_url("chapter", "shelves"))
    now, planks = timezone.now(), []
    for shelf in Shelf:
        books = list(on_shelf(request.user, shelf, now)[: SHOWN_OF_EACH + 1])
        planks.append(Plank(shelf, books[:SHOWN_OF_EACH], has_more=len(books) > SHOWN_OF_EACH))
    context = {
        "planks": planks,
        "has_books": any(plank.books for plank in planks),
        "books": followed_books(request.user, now),
        "authors": followed_authors(request.user),
    }
    return render(request, "chapter/shelves.html", context)


@require_safe
@never_cache
def shelf(request: HttpRequest, key: str) -> HttpResponse:
    """One shelf, page by page."""
    if key not in Shelf.values:
        raise Http404
    if not isinstance(request.user, User):
        return by_way_of("sign_in", host_url("chapter", "shelves"))
    books = on_shelf(request.user, key, timezone.now())
    page = Paginator(books, OF_A_PAGE).get_page(request.GET.get("page", ""))
    return render(request, "chapter/shelf.html", {"shelf": Shelf(key), "page": page})
