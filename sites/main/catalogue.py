"""The catalogue: what is asked of it, and the books that answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.http import Http404

from sites.books.models import Book
from sites.books.models.book import BookQuerySet

#: Characters of a search that count: a long title has fewer, and each word costs a look into the index.
LONGEST_SEARCH = 100
#: Characters of a search that are looked at at all, so that blanks do not count.
LONGEST_TYPED = 1_000
#: Four planks of six books.
BOOKS_PER_PAGE = 24
#: Languages offered as filters; the house publishes in a handful.
LANGUAGES_LIMIT = 50

_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,60}")
#: BCP 47, as the column holds it.
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}")


@dataclass(frozen=True)
class CatalogueQuery:
    """What a visitor asked for: words, a language, a genre's slug, running serials alone."""

    text: str = ""
    language: str = ""
    genre: str = ""
    running: bool = False

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> CatalogueQuery:
        """Read a request's parameters; what cannot be a value of ours counts as not asked."""
        text = _readable(str(values.get("q", ""))[:LONGEST_TYPED])
        language = str(values.get("language", ""))
        genre = str(values.get("genre", ""))
        return cls(
            text=text[:LONGEST_SEARCH].strip(),
            language=language if _LANGUAGE.fullmatch(language) else "",
            genre=genre if _SLUG.fullmatch(genre) else "",
            running=values.get("running") == "1",
        )

    def __bool__(self) -> bool:
        return self != CatalogueQuery()

    @property
    def is_filtered(self) -> bool:
        """Was more asked than words?"""
        return replace(self, text="") != CatalogueQuery()

    def books(self, now: datetime) -> BookQuerySet:
        """Give the published books that the filters leave, the newest first.

        ``sites.main.search`` looks for words among them.
        """
        books = Book.objects.published(now).newest_first()
        if self.language:
            books = books.filter(language=self.language)
        if self.genre:
            books = books.filter(genres__slug=self.genre)
        if self.running:
            books = books.filter(is_complete=False)
        return books

    def parameters(self) -> str:
        """Give the query as an address carries it, without a page; empty if nothing was asked."""
        asked = {
            "q": self.text,
            "language": self.language,
            "genre": self.genre,
            "running": "1" if self.running else "",
        }
        return urlencode({key: value for key, value in asked.items() if value})


def _readable(typed: str) -> str:
    """PostgreSQL's texts have neither NUL nor halves of letters, and blanks around or between words
    mean nothing."""
    whole = typed.encode("utf-8", "ignore").decode()
    return " ".join(whole.replace("\x00", " ").split())


def languages(now: datetime) -> list[str]:
    """Give the tags of the languages that published books are in."""
    tags = Book.objects.published(now).order_by("language").values_list("language", flat=True)
    return list(tags.distinct()[:LANGUAGES_LIMIT])


def cards_page(books: BookQuerySet, number: str, now: datetime) -> Page[Book]:
    """Give one page of book cards; raises ``Http404`` for a page that is not there."""
    return page_of(books.for_cards().with_length(now), number, BOOKS_PER_PAGE)


def page_of(rows: QuerySet[Any], number: str, per_page: int) -> Page[Any]:
    """Give the page that an address asks for; raises ``Http404`` for one that is not there."""
    try:
        return Paginator(rows, per_page).page(number or 1)
    except (PageNotAnInteger, EmptyPage):
        raise Http404 from None
