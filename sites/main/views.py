"""The catalogue's pages: every view reads, none writes."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from sites.books.linked_data import SocialCard, author_data, book_card, book_data
from sites.books.marks import mark_of
from sites.books.models import Genre, Shelf
from sites.books.shelves import follows_author
from sites.links import host_url
from sites.main.authors import author_with_books, names_page
from sites.main.book_page import book_page, minutes_left
from sites.main.catalogue import CatalogueQuery, cards_page, languages
from sites.main.review_choices import review_choices
from sites.main.search import results_page
from sites.main.shelves import genres


@require_safe
def books(request: HttpRequest) -> HttpResponse:
    """The catalogue, searched by words, genre and language, page by page."""
    now = timezone.now()
    query = CatalogueQuery.parse(request.GET)
    number = request.GET.get("page", "")
    tags: Any = SimpleLazyObject(lambda: languages(now))

    def page() -> Any:
        if query.text:
            return results_page(query, number, languages=tags, now=now)
        return cards_page(query.books(now), number, now)

    # Without words it is the same for everybody, and looked up within {% shared %}.
    context = {
        "query": query,
        "number": number,
        "page": page() if query.text else SimpleLazyObject(page),
        "parameters": query.parameters(),
        "genres": SimpleLazyObject(lambda: genres(now)),
        "languages": tags,
    }
    return render(request, "main/books.html", context)


@require_safe
def book(request: HttpRequest, slug: str) -> HttpResponse:
    """One book."""
    page = book_page(slug, request.user, timezone.now())
    context = {
        "page": page,
        "book": page.book,
        # One person's, as what follows and what is kept by them: see ``sites.main.framed``.
        "own_place": page.place,
        "minutes_left": minutes_left(page.place, page) if page.place else 0,
        "mark": partial(mark_of, page.place),
        "kept": page.kept,
        "shelf_choices": Shelf.choices,
        **review_choices(),
        "data": book_data(page.book) if page.is_out else None,
        "card": book_card(page.book, address=host_url("main", "book", slug)),
    }
    return render(request, "main/book.html", context)


@require_safe
def authors(request: HttpRequest) -> HttpResponse:
    """Everyone whose name stands on a published cover."""
    page = names_page(request.GET.get("page", ""), timezone.now())
    return render(request, "main/authors.html", {"page": page})


@require_safe
def author(request: HttpRequest, slug: str) -> HttpResponse:
    """One name and its books."""
    now = timezone.now()
    person, their_books = author_with_books(slug, request.user, now)
    page = cards_page(their_books, request.GET.get("page", ""), now)
    context = {
        "author": person,
        "page": page,
        "is_followed": follows_author(request.user, person),
        "data": author_data(person),
        "card": SocialCard(
            person.name, person.bio[:300], host_url("main", "author", slug), "profile"
        ),
    }
    return render(request, "main/author.html", context)


@require_safe
def genre(request: HttpRequest, slug: str) -> HttpResponse:
    """The books of one genre."""
    now = timezone.now()
    shelf = get_object_or_404(Genre, slug=slug)
    number = request.GET.get("page", "")
    # Looked up within {% shared %}.
    page = SimpleLazyObject(lambda: cards_page(CatalogueQuery(genre=slug).books(now), number, now))
    context = {"genre": shelf, "page": page, "number": number}
    return render(request, "main/genre.html", context)
