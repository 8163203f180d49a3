"""Highlights, notes, reviews and votes for tests."""

from __future__ import annotations

from sites.accounts.models import User
from sites.books.models import Chapter
from sites.community.models import Highlight, Review, ReviewVote


def write_in_margins(user: User, other: User, chapter: Chapter) -> None:
    """A note for everybody, a review, and a vote on another's."""
    place = {"paragraph": "p-a", "start": 0, "last_paragraph": "p-a", "end": 4, "place": 0}
    Highlight.objects.create(
        author=user,
        chapter=chapter,
        quote="Satu",
        colour="pink",
        note=user.name,
        is_shared=True,
        **place,
    )
    Review.objects.create(author=user, book=chapter.book, stars=5, text=f"Salam dari {user.name}.")
    theirs = Review.objects.create(author=other, book=chapter.book, stars=4, helpful=1)
    ReviewVote.objects.create(review=theirs, user=user, is_helpful=True)
