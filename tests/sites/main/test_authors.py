"""Names on published covers, and nobody else's."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils import timezone

from sites.accounts.actions import create_user
from sites.books.models import Author
from sites.main.authors import author_with_books, published_authors
from tests.sites.main.factory import draft, make_book

pytestmark = pytest.mark.django_db


def test_names_come_in_order_with_the_number_of_books_that_are_out() -> None:
    make_book("laut", author="Ratih")
    make_book("angin", author="Ratih")
    draft("rahasia", author="Ratih")
    make_book("kopi", author="Laras")
    draft("kelak", author="Belum Terbit")
    Author.objects.create(name="Tanpa Buku", slug="tanpa-buku")
    listed = [(a.name, a.book_count) for a in published_authors(timezone.now())]  # type: ignore[attr-defined]
    assert listed == [("Laras", 1), ("Ratih", 2)]


def test_a_name_on_drafts_alone_is_not_public() -> None:
    draft("kelak", author="Belum Terbit")
    Author.objects.create(name="Tanpa Buku", slug="tanpa-buku")
    for slug in ("belum-terbit", "tanpa-buku", "tidak-ada"):
        with pytest.raises(Http404):
            author_with_books(slug, AnonymousUser(), timezone.now())


def test_an_author_sees_their_own_drafts_on_their_page() -> None:
    writer = create_user("writer@example.com", password=None, roles=["author"])
    hidden = draft("kelak", author="Dewi")
    Author.objects.update(user=writer)
    author, books = author_with_books("dewi", writer, timezone.now())
    assert author.name == "Dewi"
    assert list(books) == [hidden]
