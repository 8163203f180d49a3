"""A book's reviews as one person sees them: a page of them, and what they come to in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import Coalesce

from sites.accounts.models import Person, User
from sites.books.models import Book
from sites.community.models import Review, ReviewVote
from sites.community.models.review import MOST_STARS
from sites.community.models.shown import is_muted

#: Reviews on the book's own page, and on one page of the list.
ON_BOOKS_PAGE: Final = 5
OF_A_PAGE: Final = 20
#: Pages of the list: beyond, somebody only tries numbers.
MOST_PAGES: Final = 500
#: The orders of the list; the first is the usual one.
ORDERS: Final = ("helpful", "newest")


@dataclass(frozen=True)
class Bar:
    """How many gave so many stars, and what part of all that is, in percent."""

    stars: int
    count: int
    percent: int


@dataclass(frozen=True)
class Summary:
    """All reviews that a person sees, in numbers."""

    count: int = 0
    average: float = 0.0
    bars: tuple[Bar, ...] = ()

    @property
    def rounded(self) -> int:
        """The average in whole stars."""
        return int(self.average + 0.5)


@dataclass(frozen=True)
class Reviews:
    """One page of a book's reviews. ``own`` is the person's own, which may be hidden from others."""

    shown: list[Review]
    summary: Summary
    own: Review | None = None
    order: str = ORDERS[0]
    number: int = 1
    has_more: bool = False


def reviews_of(
    book: Book, user: Person, *, order: str = ORDERS[0], number: int = 1, limit: int = OF_A_PAGE
) -> Reviews:
    """Read page ``number`` of a book's reviews, in one query, and one more for a person's own.

    Nobody whom the person has muted is in the list or in the numbers. Each has ``own_vote``: True,
    False or None; and ``helped``: how many found it helpful, without those who are muted. The order is
    the same for everybody.
    """
    order = order if order in ORDERS else ORDERS[0]
    number = min(max(number, 1), MOST_PAGES)
    found = Review.objects.of_book(book).shown_to(user).select_related("author")
    found = found.annotate(**_counts(), own_vote=_own_vote(user), helped=_helped(user))
    found = found.best_first() if order == "helpful" else found.newest_first()
    start = (number - 1) * limit
    rows = list(found[start : start + limit + 1])
    return Reviews(
        shown=rows[:limit],
        summary=_summary(rows[0]) if rows else Summary(),
        own=_own(book, user),
        order=order,
        number=number,
        has_more=len(rows) > limit,
    )


def _counts() -> dict[str, Any]:
    """Numbers of all rows beside each of them: they come with the page, without a query more."""
    return {
        f"stars_{stars}": Window(Count("pk", filter=Q(stars=stars)))
        for stars in range(1, MOST_STARS + 1)
    }


def _own_vote(user: Person) -> Any:
    if not isinstance(user, User):
        return Subquery(ReviewVote.objects.none().values("is_helpful"))
    votes = ReviewVote.objects.filter(review=OuterRef("pk"), user=user)
    return Subquery(votes.values("is_helpful")[:1])


def _helped(user: Person) -> Any:
    """The number of votes that stands in the row, less those of people whom this person has muted."""
    if not isinstance(user, User):
        return F("helpful")
    muted = ReviewVote.objects.filter(is_muted(user, "user"), review=OuterRef("pk"))
    counted = muted.filter(is_helpful=True).order_by().values("review").annotate(n=Count("pk"))
    return F("helpful") - Coalesce(Subquery(counted.values("n")), 0)


def _summary(row: Review) -> Summary:
    counts = {stars: getattr(row, f"stars_{stars}") for stars in range(MOST_STARS, 0, -1)}
    total = sum(counts.values())
    average = sum(stars * count for stars, count in counts.items()) / total
    bars = (Bar(stars, count, round(100 * count / total)) for stars, count in counts.items())
    return Summary(total, round(average, 1), tuple(bars))


def _own(book: Book, user: Person) -> Review | None:
    if not isinstance(user, User):
        return None
    return Review.objects.of_book(book).filter(author=user).first()
