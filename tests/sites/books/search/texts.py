"""Books with words in them, for tests of search."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from sites.books.models import Book, Chapter, Status
from sites.books.search.find import Among, Found, Slice, find_books
from tests.sites.main.factory import make_book

FIRST = Slice(0, 12)


def told(slug: str, *texts: str, language: str = "en", **fields: Any) -> Book:
    """A published book with a chapter for each of these texts."""
    book = make_book(slug, chapters=0, language=language, **fields)
    for number, text in enumerate(texts, start=1):
        chapter(book, number, text)
    return book


def chapter(book: Book, number: int, text: str, **fields: Any) -> Chapter:
    usual: dict[str, Any] = {
        "title": f"Part {number}",
        "text": f'<p id="p-aaaaaaa{number}">{text}</p>',
        "status": Status.PUBLISHED,
    }
    return Chapter.objects.create(book=book, number=number, **(usual | fields))


def ask(text: str, *languages: str, part: Slice = FIRST) -> Found:
    """What every visitor finds now; English and Indonesian, if nothing else is said."""
    now = timezone.now()
    among = Among(Book.objects.published(now), languages or ("en", "id"))
    return find_books(text, among, part, now=now)


def found(text: str, *languages: str) -> list[str]:
    """The slugs of what is found, the best first."""
    slugs = dict(Book.objects.values_list("pk", "slug"))
    return [slugs[hit.book] for hit in ask(text, *languages).hits]
