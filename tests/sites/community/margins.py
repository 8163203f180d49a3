"""Highlights, notes, reviews and votes for tests."""

from __future__ import annotations

from typing import Any

from sites.accounts.models import User
from sites.books.models import Chapter
from sites.community.models import Highlight, Review, ReviewVote


def write_in_margins(user: User, other: User, chapter: Chapter) -> None:
    """A note for everybody, a review, and a vote on another's."""
    at = "p-aaaaaaaa"
    place = {"paragraph": at, "start": 0, "last_paragraph": at, "end": 2, "place": 0}
    Highlight.objects.create(
        author=user,
        chapter=chapter,
        quote="Satu",
        colour="pink",
        note=user.name,
        is_shared=True,
        **place,
    )
    review(user, chapter, stars=5, text=f"Salam dari {user.name}.")
    theirs = review(other, chapter, stars=4, helpful=1)
    ReviewVote.objects.create(review=theirs, user=user, is_helpful=True)


def review(author: User, chapter: Chapter, **fields: Any) -> Review:
    """The author's review of the book, made if it is not there."""
    made, _ = Review.objects.get_or_create(author=author, book=chapter.book, defaults=fields)
    return made
