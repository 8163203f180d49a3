from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Value, prefetch_related_objects

from sites.books.models import Authorship, Book
from sites.books.models.book import cover_names

NEXT_BOOKS_LIMIT = 3  # after the last page one choice is wanted, not a catalogue


def next_books(
    book: Book, *, limit: int = NEXT_BOOKS_LIMIT, now: datetime | None = None
) -> list[Book]:
    """Give what to read after this book, in two queries.

    First more by its authors; then, in its language, of its genres and what is new; then what is
    new at all.
    """
    others = Book.objects.published(now).exclude(pk=book.pk).defer("synopsis").newest_first()
    names = Authorship.objects
    same_author = Exists(
        names.filter(book=OuterRef("pk"), author__in=names.filter(book=book).values("author"))
    )
    shelved = Book.genres.through.objects
    same_genre = Exists(
        shelved.filter(book=OuterRef("pk"), genre__in=shelved.filter(book=book).values("genre"))
    )
    same_language = others.filter(language=book.language)
    # Each part is short and found by an index, so that the whole does not grow with the house.
    parts = [
        part.annotate(rank=Value(rank))[:limit]
        for rank, part in enumerate(
            (others.filter(same_author), same_language.filter(same_genre), same_language, others)
        )
    ]
    found = parts[0].union(*parts[1:], all=True).order_by("rank", "-published_on", "-id")
    first_of_each: dict[int, Book] = {}
    for candidate in found:
        first_of_each.setdefault(candidate.pk, candidate)
    books = list(first_of_each.values())[:limit]
    prefetch_related_objects(books, cover_names())
    return books
