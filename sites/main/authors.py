"""The people whose names stand on published covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef
from django.http import Http404

from sites.accounts.models import User
from sites.books.models import Author, Authorship, Book
from sites.books.models.book import BookQuerySet
from sites.books.models.visibility import is_out

#: Names on one page: two screens of running text.
AUTHORS_PER_PAGE = 120
#: 1.2 million names; a number beyond it in an address was never a link of ours, and numbers without
#: an end are more than the database can skip.
LAST_PAGE = 10_000


@dataclass(frozen=True)
class NameOnCovers:
    """A name of the list, and how many books carry it."""

    name: str
    slug: str
    book_count: int


@dataclass(frozen=True)
class NamesPage:
    """One page of the list of names, in the words of Django's pages.

    It does not know how many there are: counting everybody would make each page as slow as the
    house is large.
    """

    names: list[NameOnCovers]
    number: int
    has_next: bool

    @property
    def last_name(self) -> str:
        """Where the page ends; empty without names."""
        return self.names[-1].name if self.names else ""

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_previous or self.has_next

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1


def names_page(number: str, now: datetime) -> NamesPage:
    """Give a page of everyone with a book that is out, by name, in two queries.

    ``number`` is the page's as an address has it, empty for the first. Raises ``Http404`` for a page
    that is not there.
    """
    try:
        wanted = int(number or 1)
    except ValueError:
        raise Http404 from None
    if not 1 <= wanted <= LAST_PAGE:
        raise Http404
    on_covers = Authorship.objects.filter(is_out(now, "book__")).order_by()
    names = Author.objects.filter(Exists(on_covers.filter(author=OuterRef("pk"))))
    begin = (wanted - 1) * AUTHORS_PER_PAGE
    # One more than is shown, to see whether others follow.
    found = names.order_by("name", "pk").values_list("pk", "name", "slug")
    rows = list(found[begin : begin + AUTHORS_PER_PAGE + 1])
    if not rows and wanted > 1:
        raise Http404
    shown = rows[:AUTHORS_PER_PAGE]
    # Apart, since PostgreSQL would also count for the names that it skips on its way to this page.
    of_these = on_covers.filter(author__in=[pk for pk, _, _ in shown]).values_list("author")
    counts = dict(of_these.annotate(n=Count("book", distinct=True)))
    # A book may have been withdrawn between the two queries.
    listed = [NameOnCovers(name, slug, counts[pk]) for pk, name, slug in shown if pk in counts]
    return NamesPage(listed, wanted, has_next=len(rows) > len(shown))


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
