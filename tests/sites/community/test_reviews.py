"""A book's reviews as one person sees them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sites.accounts.models import User
from sites.books.models import Book
from sites.community.actions.mute_person import mute_person
from sites.community.actions.vote_on_review import vote_on_review
from sites.community.models import Review
from sites.community.reviews import Reviews, reviews_of
from tests.sites.community.talk import NOW, make_chapter, somebody

pytestmark = pytest.mark.django_db


def reviewed(*reviewers: User) -> Book:
    book = make_chapter().book
    for reviewer in reviewers:
        Review.objects.create(book=book, author=reviewer, stars=4, text="Well written.")
    return book


def test_votes_of_people_who_are_muted_are_not_counted_for_who_muted_them() -> None:
    toba, ratih = somebody("Toba"), somebody("Ratih")
    book = reviewed(toba, somebody("Ayu"))
    review = Review.objects.get(author=toba)
    voters = [somebody(f"Voter{number}") for number in range(4)]
    for voter in (*voters[:3], ratih):
        vote_on_review(voter, review.pk, is_helpful=True, now=NOW)
    vote_on_review(voters[3], review.pk, is_helpful=False, now=NOW)
    for voter in (voters[0], voters[3]):
        mute_person(voter, by=ratih, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        mine = reviews_of(book, ratih)
    assert len(queries) == 2
    assert helped(mine) == [3, 0]
    for other in (voters[1], AnonymousUser()):
        assert helped(reviews_of(book, other)) == [4, 0]


def helped(page: Reviews) -> list[int]:
    return [vars(one)["helped"] for one in page.shown]
