from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from realtime.streams import publish
from sites.accounts import limits
from sites.accounts.models import Person, User
from sites.books.models import Authorship, Book
from sites.books.rooms import ReviewsChanged, room_of_book
from sites.community.exceptions import CommunityError
from sites.community.models import Review
from sites.community.models.review import LONGEST_REVIEW, MOST_STARS
from sites.community.plain_text import clean_plain_text

#: Reviews that one person writes or changes in an hour: nobody finishes more books than that.
MOST_AN_HOUR: Final = 20
HOUR: Final = timedelta(hours=1)


class NotReviewed(CommunityError):
    """A book cannot be reviewed so; the text says why."""


@dataclass(frozen=True)
class Opinion:
    """What somebody thinks: 1 to 5 stars, and words or none."""

    stars: int
    text: str = ""
    spoiler: bool = False


def write_review(user: Person, book: Book, *, opinion: Opinion, now: datetime) -> Review:
    """Write a review of a book, or write one's own anew; each reader has one of each book.

    Raises ``PermissionDenied`` without an account, ``NotReviewed`` for a book that is not out, for its
    authors and for a review that moderators have hidden, ``TooLong`` and ``TooManyAttempts``.
    """
    person = _person(user)
    if not 1 <= opinion.stars <= MOST_STARS:
        raise NotReviewed(_("Choose from one star to five."))
    text = clean_plain_text(opinion.text, most=LONGEST_REVIEW)
    limits.require(f"review:{person.pk}", MOST_AN_HOUR, HOUR, now)
    with transaction.atomic():
        # Locked, so that two tabs of one person write one review.
        User.objects.select_for_update(no_key=True).filter(pk=person.pk).first()
        # This one as well: moderators may hide it, and others vote on it, at the same moment.
        own = Review.objects.of_book(book).filter(author=person).select_for_update(no_key=True)
        review = own.first()
        _check(person, book, review, now)
        if review is None:
            review = Review(book=book, author=person, created_at=now)
        else:
            review.edited_at = now
        review.stars, review.text, review.spoiler = opinion.stars, text, opinion.spoiler
        review.save()
        publish(room_of_book(book.pk), ReviewsChanged(review.pk))
    return review


@transaction.atomic
def remove_review(user: Person, book: Book) -> None:
    """Remove one's own review with its votes; nothing brings it back. One that moderators have hidden
    loses its words, and stays, so that it is not simply written again.

    Raises ``PermissionDenied`` without an account.
    """
    person = _person(user)
    review = Review.objects.of_book(book).filter(author=person).select_for_update().first()
    if review is None:
        return
    if review.hidden_at:
        review.text = ""
        review.save(update_fields=["text"])
        return
    publish(room_of_book(book.pk), ReviewsChanged(review.pk))
    review.delete()


def _check(person: User, book: Book, review: Review | None, now: datetime) -> None:
    if not Book.objects.published(now).filter(pk=book.pk).exists():
        raise NotReviewed(_("This book is not out. Review it when readers can read it."))
    if Authorship.objects.filter(book=book, author__user=person).exists():
        raise NotReviewed(_("This is your own book. Leave its reviews to its readers."))
    if review and review.hidden_at:
        raise NotReviewed(
            _("Moderators have hidden your review of this book. Write to the house about it.")
        )


def _person(user: Person) -> User:
    if not isinstance(user, User) or not user.is_active:
        raise PermissionDenied(_("Sign in to review books."))
    return user
