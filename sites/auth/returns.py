"""What somebody returns to after signing in, so that the door can show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from sites.books.models import Book, Chapter
from sites.hosts import HOSTS
from sites.links import host_root, host_url


@dataclass(frozen=True)
class Return:
    """A book, and the chapter in it if the address is one's."""

    book: Book
    chapter: Chapter | None = None


#: The hosts whose pages open without an account.
_PUBLIC = ("main", "chapter")


def public_address(address: str) -> str:
    """Give ``address`` if it opens without an account, else the first page of the house."""
    parts = urlsplit(address)
    public = any(f"{parts.scheme}://{parts.netloc}" == host_root(key) for key in _PUBLIC)
    return address if public else host_url("main", "home")


def find_return(address: str, now: datetime) -> Return | None:
    """Give the published book or chapter behind an address that ``safe_return`` let through, in at
    most one query."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    origins = dict(zip(settings.HOST_NAMES.origins, settings.HOST_NAMES.domains, strict=True))
    if origin not in origins:
        return None
    key = origins[origin]
    try:
        match = resolve(parts.path, urlconf=HOSTS[key].urlconf)
    except Resolver404:
        return None
    found = f"{key}:{match.url_name}"
    slug, number = match.kwargs.get("slug"), match.kwargs.get("number")
    if found == "chapter:read":
        return _chapter(str(slug), int(number or 0), now)
    if found in ("main:book", "chapter:contents"):
        book = Book.objects.published(now).defer("synopsis").filter(slug=slug).first()
        return Return(book) if book else None
    return None


def _chapter(slug: str, number: int, now: datetime) -> Return | None:
    chapter = (
        Chapter.objects.published(now)
        .filter(book__slug=slug, number=number)
        .without_text()
        .select_related("book")
        .first()
    )
    return Return(chapter.book, chapter) if chapter else None
