"""What the community holds about a person in margins and on books' pages."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User
from sites.accounts.personal_data import Part, Row, Wishes, register, rows
from sites.community.models import Highlight, Review, ReviewVote


def _highlights(user: User) -> list[Row]:
    chapter = ("chapter_id", "chapter__title", "chapter__book__title", "paragraph")
    columns = ("id", *chapter, "quote", "colour", "note", "is_shared")
    own = Highlight.objects.of(user).order_by("pk")
    return rows(own.values(*columns, "created_at", "edited_at", "hidden_at"))


def _reviews(user: User) -> list[Row]:
    columns = ("id", "book_id", "book__title", "stars", "text", "spoiler")
    own = Review.objects.filter(author=user).order_by("pk")
    return rows(own.values(*columns, "created_at", "edited_at", "hidden_at"))


def _votes(user: User) -> list[Row]:
    votes = ReviewVote.objects.filter(user=user).order_by("pk")
    return rows(votes.values("review_id", "review__book__title", "is_helpful"))


def _forget_votes(user: User, _wishes: Wishes, _now: datetime) -> None:
    """A vote goes with the person, and is not counted any more."""
    from sites.community.actions.vote_on_review import count_votes  # models of this app come first

    voted = set(ReviewVote.objects.filter(user=user).values_list("review", flat=True))
    with transaction.atomic():
        ReviewVote.objects.filter(user=user).delete()
        for review in Review.objects.filter(pk__in=voted).order_by("pk").select_for_update():
            count_votes(review)


def connect() -> None:
    register(
        Part(
            "highlights",
            _("Highlights and notes"),
            frozenset({"community.highlight.author"}),
            _highlights,
        ),
        Part("reviews", _("Reviews"), frozenset({"community.review.author"}), _reviews),
        Part(
            "review_votes",
            _("Votes on reviews"),
            frozenset({"community.reviewvote.user"}),
            _votes,
            _forget_votes,
        ),
    )
