"""Books, chapters and authors in the words of schema.org, for search engines and link previews.

https://schema.org/Book, /Chapter, /Person, /WebSite; https://ogp.me for what link previews read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from sites.books.models import Author, Authorship, Book, Chapter
from sites.links import host_root, host_url

CONTEXT = "https://schema.org"
#: Characters of a description; search engines and messengers show fewer.
LONGEST_DESCRIPTION = 300

_CREDITS = {
    Authorship.Role.AUTHOR: "author",
    Authorship.Role.TRANSLATOR: "translator",
    Authorship.Role.ILLUSTRATOR: "illustrator",
}


@dataclass(frozen=True)
class SocialCard:
    """What a link to a page looks like elsewhere; addresses are absolute, ``image`` may be empty."""

    title: str
    description: str
    address: str
    kind: str = "website"
    image: str = ""


def house_data() -> dict[str, Any]:
    """The house itself, with where to search it."""
    books = host_url("main", "books")
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "name": "Esensi",
        "url": host_url("main", "home"),
        "publisher": {"@type": "Organization", "name": "Esensi"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{books}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }


def book_data(book: Book) -> dict[str, Any]:
    """A book; its authorships with their authors, and its genres, must be loaded."""
    data = _book(book) | {"@context": CONTEXT, "publisher": _HOUSE}
    if description := describe(book):
        data["description"] = description
    if genres := [genre.name for genre in book.genres.all()]:
        data["genre"] = genres
    for row in book.authorships.all():
        person = {"@type": "Person", "name": row.author.name, "url": _address(row.author)}
        data.setdefault(_CREDITS[Authorship.Role(row.role)], []).append(person)
    if image := share_image(book):
        data["image"] = image
    return data


def chapter_data(chapter: Chapter) -> dict[str, Any]:
    """A chapter with the book that it is in; the book must be loaded."""
    return {
        "@context": CONTEXT,
        "@type": "Chapter",
        "name": chapter.title,
        "position": chapter.number,
        "url": host_url("chapter", "read", chapter.book.slug, chapter.number),
        "inLanguage": chapter.book.language,
        "wordCount": chapter.words,
        "datePublished": chapter.published_on.isoformat(),
        "dateModified": chapter.updated_at.isoformat(),
        "isAccessibleForFree": True,
        "isPartOf": _book(chapter.book),
    }


def author_data(author: Author) -> dict[str, Any]:
    """A name on covers."""
    data = {
        "@context": CONTEXT,
        "@type": "Person",
        "name": author.name,
        "url": _address(author),
    }
    return data | ({"description": author.bio[:LONGEST_DESCRIPTION]} if author.bio else {})


def book_card(book: Book, *, address: str, title: str = "") -> SocialCard:
    """How a link to the book, or with a ``title`` to a part of it, looks elsewhere."""
    return SocialCard(title or book.title, describe(book), address, "book", share_image(book))


def describe(book: Book) -> str:
    """Give what a book is about in one paragraph: its synopsis, else its first line."""
    words = " ".join((book.synopsis or book.opening_line).split())
    if len(words) <= LONGEST_DESCRIPTION:
        return words
    return words[: LONGEST_DESCRIPTION - 1].rsplit(" ", 1)[0] + "…"


def share_image(book: Book) -> str:
    """Give the absolute address of a picture of the cover that messengers can show, or nothing."""
    address = book.share_url
    return urljoin(f"{host_root('main')}/", address) if address else ""


_HOUSE = {"@type": "Organization", "name": "Esensi"}


def _book(book: Book) -> dict[str, Any]:
    return {
        "@type": "Book",
        "name": book.title,
        "url": host_url("main", "book", book.slug),
        "inLanguage": book.language,
        "bookFormat": f"{CONTEXT}/EBook",
        "isAccessibleForFree": True,
        "datePublished": book.published_on.isoformat(),
    }


def _address(author: Author) -> str:
    return host_url("main", "author", author.slug)
