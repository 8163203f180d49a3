"""Whoever follows a book is told that it goes on: everybody, once, however often it is begun."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from realtime.testing import published
from sites.accounts.actions import create_user
from sites.accounts.models import User
from sites.books.events import ChaptersAnnounced
from sites.books.events import tell as tell_event
from sites.books.models import Book, Chapter, Follow
from sites.community.actions import tell_followers as module
from sites.community.actions.tell_followers import tell_followers
from sites.community.models import Kind, Notification
from sites.community.sentences import told_to
from tests.sites.chapter.library import make_book, make_chapters

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def chapter() -> Chapter:
    return make_chapters(make_book("the-sea"), 3)[2]


def followers(book: Book, count: int) -> list[User]:
    people = [create_user(f"r{n}@example.org", password=None) for n in range(count)]
    Follow.objects.bulk_create(Follow(user=user, book=book, since=NOW) for user in people)
    return people


def test_everybody_who_follows_is_told_once_in_as_many_steps_as_it_takes(
    chapter: Chapter, monkeypatch: Any
) -> None:
    monkeypatch.setattr(module, "TOLD_AT_ONCE", 2)
    people = followers(chapter.book, 5)
    closed = people[3]
    User.objects.filter(pk=closed.pk).update(is_active=False)
    stranger = create_user("stranger@example.org", password=None)
    Follow.objects.create(user=stranger, book=make_book("other"), since=NOW)
    with published() as rung:
        assert tell_followers(chapter.pk, count=1, now=NOW) == 4
        assert tell_followers(chapter.pk, count=1, now=NOW) == 0
    told = Notification.objects.values_list("recipient", "kind", "chapter", "book")
    assert sorted(told) == [
        (user.pk, Kind.NEW_CHAPTER, chapter.pk, chapter.book_id)
        for user in people
        if user != closed
    ]
    assert len(rung) == 4


def test_a_job_that_was_stopped_goes_on_with_those_who_were_not_told(chapter: Chapter) -> None:
    first, second = followers(chapter.book, 2)
    Notification.objects.create(recipient=first, kind=Kind.NEW_CHAPTER, chapter=chapter)
    assert tell_followers(chapter.pk, count=1, now=NOW) == 1
    assert Notification.objects.filter(recipient=second).count() == 1


def test_a_chapter_that_has_gone_is_no_news(chapter: Chapter) -> None:
    followers(chapter.book, 1)
    pk = chapter.pk
    chapter.delete()
    assert tell_followers(pk, count=1, now=NOW) == 0


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "“The sea” goes on with “Piece 3”."),
        (2, "“The sea” goes on: new chapters, from “Piece 3” on."),
    ],
)
def test_the_notification_leads_to_the_chapter(chapter: Chapter, count: int, sentence: str) -> None:
    (reader,) = followers(chapter.book, 1)
    tell_followers(chapter.pk, count=count, now=NOW)
    told = told_to(reader, page=1)[0]
    assert told.sentence == sentence
    assert told.address.endswith("/the-sea/3/")


def test_an_announcement_leaves_the_telling_to_a_job(chapter: Chapter, monkeypatch: Any) -> None:
    left: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(
        "sites.background.defer.defer", lambda name, **given: left.append((name, given))
    )
    event = ChaptersAnnounced(book=chapter.book_id, by=None, at=NOW, chapter=chapter.pk, count=2)
    tell_event(event)
    assert left == [("community.tell_followers", {"chapter": chapter.pk, "count": 2})]
