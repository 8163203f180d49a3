"""The people whose names stand on published covers."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import Http404

from sites.accounts.models import User
from sites.books.models import Author, Authorship, Book
from sites.books.models.book import BookQuerySet
from sites.books.models.visibility import is_out

#: Names on one page: two screens of running text.
AUTHORS_PER_PAGE = 120


def published_authors(now: datetime) -> QuerySet[Author]:
    """Give everyone with a book that is out, by name, with ``book_count``."""
    on_covers = Authorship.objects.filter(is_out(now, "book__"), author=OuterRef("pk"))
    # Counted by author and not by a join, so that only the names of one page are counted.
    count = on_covers.order_by().values("author").annotate(n=Count("book", distinct=True))
    return (
        Author.objects.filter(Exists(on_covers))
        .annotate(book_count=Subquery(count.values("n")))
        .order_by("name", "pk")
    )


def author_with_books(
    slug: str, user: User | AnonymousUser, now: datetime
) -> tuple[Author, BookQuerySet]:
    """Give an author and the books of theirs that this person may see.

    Raises ``Http404`` for a missing author, and for one without a book to see: a name on drafts
    alone is not public yet.
    """
    author = Author.objects.filter(slug=slug).first()
    if author is None:
        raise Http404
    named = Authorship.objects.filter(book=OuterRef("pk"), author=author)
    books = Book.objects.visible_to(user, now).filter(Exists(named)).newest_first()
    if not books.exists():
        raise Http404
    return author, books
