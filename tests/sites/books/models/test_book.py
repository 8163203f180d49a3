"""A book's own rules."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import slug_re
from django.urls import get_resolver

from sites.books.models import Book
from sites.books.models.book import RESERVED_SLUGS
from sites.hosts import HOSTS


def first_words(urlconf: str) -> set[str]:
    """The literal first segments of a urlconf's addresses."""
    routes = [str(entry.pattern) for entry in get_resolver(urlconf).url_patterns]
    return {route.partition("/")[0] for route in routes if not route.startswith("<")}


def test_no_book_can_hide_behind_a_page_of_the_reading_room() -> None:
    words = first_words(HOSTS["chapter"].urlconf)
    assert {"reading", "language"} <= words
    assert {word for word in words if slug_re.match(word)} <= RESERVED_SLUGS


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_reserved_address_is_refused_with_what_to_do(slug: str) -> None:
    book = Book(title="Membaca", slug=slug)
    with pytest.raises(ValidationError, match="Choose another address"):
        book.clean_fields()
    book.slug = f"{slug}-2"
    book.clean_fields()
