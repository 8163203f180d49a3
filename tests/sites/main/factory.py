"""Books for tests of pages, with as many chapters as wanted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from sites.books.models import Author, Authorship, Book, Chapter, Status


def make_book(slug: str, *, chapters: int = 3, author: str = "", **fields: Any) -> Book:
    """A published book; ``author`` is a name, whose slug is the same in lower case."""
    usual: dict[str, Any] = {
        "title": slug.capitalize(),
        "language": "en",
        "status": Status.PUBLISHED,
        "publish_at": timezone.now() - timedelta(days=1),
    }
    book = Book.objects.create(slug=slug, **(usual | fields))
    Chapter.objects.bulk_create(
        Chapter(
            book=book,
            number=number,
            title=f"Chapter {number} of {slug}",
            text='<p id="p-aaaaaaaa">It was.</p>',
            words=2000,
            status=Status.PUBLISHED,
            publish_at=book.publish_at,
        )
        for number in range(1, chapters + 1)
    )
    if author:
        name, _ = Author.objects.get_or_create(
            slug=author.lower().replace(" ", "-"), defaults={"name": author}
        )
        Authorship.objects.create(book=book, author=name)
    return book


def draft(slug: str, **fields: Any) -> Book:
    """A book that readers do not see."""
    return make_book(slug, status=Status.DRAFT, publish_at=None, **fields)
