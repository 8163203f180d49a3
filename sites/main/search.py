"""A page of search: the books found, each with the sentence that was found in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final

from django.http import Http404
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sites.books.models import Book
from sites.books.models.book import cover_names
from sites.books.search.excerpts import Quote, Source, quotes
from sites.books.search.find import Among, Found, Hit, SearchTooLong, Slice, find_books
from sites.books.search.statement import RESULTS
from sites.links import host_url
from sites.main.catalogue import CatalogueQuery

#: Sentences are read, not looked over: two screens of them.
RESULTS_PER_PAGE: Final = 12
LAST_PAGE: Final = -(-RESULTS // RESULTS_PER_PAGE)


@dataclass(frozen=True)
class Result:
    """A book that was found, its texts with marks. ``address`` leads to the paragraph of ``quote``,
    where it is one of a chapter; ``chapter`` is that one's title."""

    book: Book
    title: SafeString
    names: SafeString
    quote: SafeString
    address: str = ""
    chapter: str = ""


@dataclass(frozen=True)
class ResultsPage:
    """One page of results, in the words of Django's pages; ``object_list`` is empty without any.

    ``count`` is that of all pages; with ``is_more`` there are others, which no page shows.
    """

    object_list: list[Result] = field(default_factory=list)
    number: int = 1
    count: int = 0
    is_more: bool = False
    suggestions: list[str] = field(default_factory=list)
    #: Where nothing was found: books whose titles or authors' names are nearly the words.
    near: list[Result] = field(default_factory=list)
    #: The words would have taken longer than a page may.
    is_too_long: bool = False

    @property
    def paginator(self) -> ResultsPage:
        """What Django's pages ask for their numbers."""
        return self

    @property
    def num_pages(self) -> int:
        return max(1, -(-self.count // RESULTS_PER_PAGE))

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.num_pages

    @property
    def has_other_pages(self) -> bool:
        return self.num_pages > 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def results_page(
    query: CatalogueQuery, number: str, *, languages: Sequence[str], now: datetime
) -> ResultsPage:
    """Search for the query's words among the books of its filters, in four queries.

    ``number`` is the page's as an address has it, empty for the first; ``languages`` are those of
    the published books. Raises ``Http404`` for a page that is not there.
    """
    wanted = _page_number(number)
    among = Among(
        query.books(now),
        [query.language] if query.language else languages,
        is_narrow=query.is_filtered,
    )
    part = Slice((wanted - 1) * RESULTS_PER_PAGE, RESULTS_PER_PAGE)
    try:
        found = find_books(query.text, among, part, now=now)
    except SearchTooLong:
        return ResultsPage(is_too_long=True)
    if not found.hits and wanted > 1:
        raise Http404
    # Near names are suggested; their books stand in only where there is nothing else.
    near = [] if found.hits else [Hit(book, "") for book in found.near[:RESULTS_PER_PAGE]]
    results = _results(found.hits or near, query.text, now)
    return ResultsPage(
        object_list=results if found.hits else [],
        number=wanted,
        count=found.count,
        is_more=found.is_more,
        suggestions=_suggestions(found, query.text),
        near=[] if found.hits else results,
    )


def _page_number(asked: str) -> int:
    try:
        number = int(asked or 1)
    except ValueError:
        raise Http404 from None
    if not 1 <= number <= LAST_PAGE:
        raise Http404
    return number


def _suggestions(found: Found, text: str) -> list[str]:
    return [said for said in found.suggestions if said.casefold() != text.casefold()]


def _results(hits: Sequence[Hit], text: str, now: datetime) -> list[Result]:
    published = Book.objects.published(now).prefetch_related(cover_names())
    books = published.in_bulk([hit.book for hit in hits])
    kept = [hit for hit in hits if hit.book in books]
    sources = [source for hit in kept for source in _sources(hit, books[hit.book])]
    # What is only near has none of the words to mark.
    asked = any(hit.config for hit in kept)
    found = iter(quotes(text, sources) if asked else [Quote() for _source in sources])
    return [_result(hit, books[hit.book], found) for hit in kept]


def _sources(hit: Hit, book: Book) -> tuple[Source, ...]:
    """Title, names, chapter, and the blurb, which stands in for a chapter."""
    return (
        Source(hit.config, book.title, whole=True),
        Source(hit.config, book.author_names, whole=True),
        Source(hit.config, hit.text, is_html=True),
        Source(hit.config, f"{book.opening_line}\n\n{book.synopsis}"),
    )


def _result(hit: Hit, book: Book, found: Iterator[Quote]) -> Result:
    title, names, said, blurb = islice(found, 4)
    address = ""
    if said:
        anchor = f"#{said.paragraph}" if said.paragraph else ""
        address = host_url("chapter", "read", book.slug, hit.number) + anchor
    return Result(
        book=book,
        title=_marked(title or Quote([book.title])),
        names=_marked(names or Quote([book.author_names])),
        quote=_marked(said or blurb or Quote([book.opening_line])),
        address=address,
        chapter=hit.title if said else "",
    )


def _marked(quote: Quote) -> SafeString:
    """Give a quote with ``<mark>`` around what was looked for; all else is text."""
    return format_html_join(
        "",
        "{}",
        (
            (format_html("<mark>{}</mark>", part) if is_found else part,)
            for part, is_found in quote.marked
        ),
    )
