from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from realtime.streams import publish
from sites.accounts import limits
from sites.accounts.models import Person, User
from sites.books.rooms import ReviewsChanged, room_of_book
from sites.community.actions.write_review import NotReviewed
from sites.community.models import Review, ReviewVote

#: Votes of one person in a minute: each review has to be read first.
MOST_A_MINUTE: Final = 30
MINUTE: Final = timedelta(minutes=1)


def vote_on_review(user: Person, key: int, *, is_helpful: bool | None, now: datetime) -> Review:
    """Say whether a review helped; None takes the vote back. A person has one vote on each.

    Raises ``PermissionDenied`` without an account, ``Review.DoesNotExist`` for what the person does
    not see, ``NotReviewed`` for one's own, and ``TooManyAttempts``.
    """
    if not isinstance(user, User) or not user.is_active:
        raise PermissionDenied(_("Sign in to say which reviews helped."))
    limits.require(f"review-vote:{user.pk}", MOST_A_MINUTE, MINUTE, now)
    with transaction.atomic():
        # The review's row is locked, so that votes are counted one after the other.
        review = Review.objects.shown_to(user).select_for_update(of=("self",)).get(pk=key)
        if review.author_id == user.pk:
            raise NotReviewed(_("This is your own review. Leave the votes on it to others."))
        if is_helpful is None:
            ReviewVote.objects.filter(review=review, user=user).delete()
        else:
            ReviewVote.objects.update_or_create(
                review=review, user=user, defaults={"is_helpful": is_helpful}
            )
        count_votes(review)
        publish(room_of_book(review.book_id), ReviewsChanged(review.pk))
    return review


def count_votes(review: Review) -> None:
    """Write the numbers of votes into a review whose row is locked."""
    counted = review.votes.aggregate(
        helpful=Count("pk", filter=Q(is_helpful=True)),
        unhelpful=Count("pk", filter=Q(is_helpful=False)),
    )
    review.helpful, review.unhelpful = counted["helpful"], counted["unhelpful"]
    review.save(update_fields=["helpful", "unhelpful"])
