"""A book's numbers, on a page and for the page that is open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sites.books.models import Follow, ReadingProgress, Status
from sites.community.models import Comment
from sites.publish.numbers import WEEKS, numbers_of
from tests.sites.desk.people import SmallHouse

pytestmark = pytest.mark.django_db


def test_readers_followers_and_comments_are_counted_by_week(house: SmallHouse) -> None:
    now = timezone.now()
    reader, other = house.people["reader"], house.people["support"]
    house.chapter.status = Status.PUBLISHED
    house.chapter.save()
    ReadingProgress.objects.create(user=reader, book=house.own, chapter=house.chapter)
    Follow.objects.create(user=reader, book=house.own, since=now)
    Follow.objects.create(user=other, book=house.own, since=now - timedelta(weeks=40))
    for chapter in (house.chapter, house.chapter, house.foreign_chapter):
        Comment.objects.create(chapter=chapter, author=reader, text="Bagus.", created_at=now)
    Comment.objects.create(chapter=house.chapter, text="", deleted_at=now, created_at=now)
    other.is_active = False  # suspended: nobody sees what they have said
    other.save()
    Comment.objects.create(chapter=house.chapter, author=other, text="Iklan.", created_at=now)
    found = numbers_of(house.own, now)
    assert (found.readers, found.followers, found.comments) == (1, 2, 2)
    assert (found.followed[-1], sum(found.followed)) == (1, 1)
    assert (found.commented[-1], len(found.commented)) == (2, WEEKS)
    assert [(one.number, one.percent) for one in found.reached] == [(1, 100)]

    client = house.visitor("publish", "author")
    page = client.get(f"/books/book/{house.own.pk}/numbers/").content.decode()
    assert "Reading now" in page
    told = client.get(f"/books/book/{house.own.pk}/numbers/now/").json()
    assert told["figures"] == {"readers": 1, "followers": 2, "comments": 2}
    assert told["charts"]["reached"]["values"] == [[100]]
    assert len(told["charts"]["followed"]["rows"]) == WEEKS


def test_nobody_sees_the_numbers_of_a_foreign_book(house: SmallHouse) -> None:
    client = house.visitor("publish", "author")
    for path in ("numbers/", "numbers/now/"):
        assert client.get(f"/books/book/{house.foreign.pk}/{path}").status_code == 404
