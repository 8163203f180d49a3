from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from realtime.testing import published
from sites.accounts.limits import TooManyAttempts
from sites.accounts.models import User
from sites.books.models import Book
from sites.community.actions.vote_on_review import vote_on_review
from sites.community.actions.write_review import (
    MOST_AN_HOUR,
    NotReviewed,
    Opinion,
    remove_review,
    write_review,
)
from sites.community.exceptions import TooLong
from sites.community.models import Review, ReviewVote
from sites.community.models.review import LONGEST_REVIEW
from sites.community.reviews import reviews_of
from tests.hostile_texts import TURNED
from tests.sites.chapter.library import make_author, make_book, make_reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def book() -> Book:
    return make_book("reviewed-by-many")


@pytest.fixture
def reader() -> User:
    return make_reader("resensi@example.org")


def write(user: User, book: Book, stars: int = 4, text: str = "Good.") -> Review:
    return write_review(user, book, opinion=Opinion(stars, text), now=NOW)


def test_a_reader_has_one_review_of_a_book_and_writes_it_anew(book: Book, reader: User) -> None:
    with published() as events:
        write(reader, book)
        write(reader, book, stars=2, text="Less good, on reflection.")
    review = Review.objects.get()
    assert (review.stars, review.text, review.edited_at) == (2, "Less good, on reflection.", NOW)
    told = (f"book.{book.pk}", "reviews_changed", {"review": review.pk})
    assert [tuple(event) for event in events] == [told, told]


def test_who_may_not_review(book: Book, reader: User) -> None:
    with pytest.raises(PermissionDenied):
        write_review(AnonymousUser(), book, opinion=Opinion(5), now=NOW)
    with pytest.raises(NotReviewed, match="your own book"):
        write(make_author(book), book)
    Book.objects.update(status="draft")
    with pytest.raises(NotReviewed, match="not out"):
        write(reader, book)


@pytest.mark.parametrize("stars", [0, 6, -1, 10**12])
def test_there_are_one_to_five_stars(book: Book, reader: User, stars: int) -> None:
    with pytest.raises(NotReviewed, match="one star to five"):
        write(reader, book, stars=stars)


def test_texts_are_cleaned_and_have_an_end(book: Book, reader: User) -> None:
    for text in TURNED:
        assert not set(write(reader, book, text=text).text) & set("\u202a\u202b\u202d\u202e\u2066")
    with pytest.raises(TooLong):
        write(reader, book, text="a" * (LONGEST_REVIEW + 1))
    with pytest.raises(TooLong):
        write(reader, book, text="a" * 1_000_000)


def test_what_moderators_hid_is_not_simply_written_again(book: Book, reader: User) -> None:
    write(reader, book, text="Rude.")
    Review.objects.update(hidden_at=NOW)
    with pytest.raises(NotReviewed, match="hidden"):
        write(reader, book)
    remove_review(reader, book)
    assert Review.objects.get().text == ""
    with pytest.raises(NotReviewed, match="hidden"):
        write(reader, book)


def test_a_removed_review_takes_its_votes_along(book: Book, reader: User) -> None:
    review = write(reader, book)
    vote_on_review(make_reader("suara@example.org"), review.pk, is_helpful=True, now=NOW)
    remove_review(reader, book)
    remove_review(reader, book)  # twice is once
    assert not Review.objects.exists()
    assert not ReviewVote.objects.exists()


def test_votes_are_counted_once_for_each_person(book: Book, reader: User) -> None:
    review = write(reader, book)
    first, second = make_reader("satu@example.org"), make_reader("dua@example.org")
    for _ in range(2):
        vote_on_review(first, review.pk, is_helpful=True, now=NOW)
    vote_on_review(second, review.pk, is_helpful=False, now=NOW)
    counted = Review.objects.get()
    assert (counted.helpful, counted.unhelpful, counted.worth) == (1, 1, 0)
    vote_on_review(first, review.pk, is_helpful=None, now=NOW)
    assert Review.objects.get().helpful == 0
    with pytest.raises(NotReviewed, match="your own"):
        vote_on_review(reader, review.pk, is_helpful=True, now=NOW)
    Review.objects.update(hidden_at=NOW)
    with pytest.raises(Review.DoesNotExist):
        vote_on_review(first, review.pk, is_helpful=True, now=NOW)


def test_a_flood_is_stopped(book: Book, reader: User) -> None:
    for _ in range(MOST_AN_HOUR):
        write(reader, book)
    with pytest.raises(TooManyAttempts):
        write(reader, book)


def test_numbers_and_order_of_a_page(book: Book) -> None:
    readers = [make_reader(f"nomor-{number}@example.org") for number in (1, 2, 3)]
    reviews = [write(one, book, stars=s) for one, s in zip(readers, (5, 5, 1), strict=True)]
    vote_on_review(readers[0], reviews[2].pk, is_helpful=True, now=NOW)
    page = reviews_of(book, readers[0], limit=2)
    assert [one.pk for one in page.shown] == [reviews[2].pk, reviews[1].pk]
    assert page.has_more
    assert page.own == reviews[0]
    assert page.shown[0].own_vote is True  # type: ignore[attr-defined]  # added by reviews_of
    assert (page.summary.count, page.summary.average, page.summary.rounded) == (3, 3.7, 4)
    assert [(bar.stars, bar.count, bar.percent) for bar in page.summary.bars] == [
        (5, 2, 67),
        (4, 0, 0),
        (3, 0, 0),
        (2, 0, 0),
        (1, 1, 33),
    ]
    newest = reviews_of(book, AnonymousUser(), order="newest", number=2, limit=2)
    assert [one.pk for one in newest.shown] == [reviews[0].pk]
    assert not newest.has_more
