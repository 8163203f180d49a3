"""A conversation as one person sees it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from realtime.presence import person
from sites.accounts.models import Person
from sites.books.models import Chapter
from sites.community.actions.mute_person import mute_person
from sites.community.conversation import Shown, conversation, page_of
from sites.community.models import CommentLike
from tests.sites.community.talk import NOW, make_chapter, say, somebody

pytestmark = pytest.mark.django_db


def first(chapter: Chapter, user: Person) -> Shown:
    return page_of(chapter, user).shown[0]


def test_likes_of_people_who_are_muted_are_not_counted_for_who_muted_them() -> None:
    chapter, ratih = make_chapter(), somebody("Ratih")
    comment = say(chapter, somebody("Toba"))
    fans = [somebody(f"Fan{number}") for number in range(3)]
    for fan in (*fans, ratih):
        CommentLike.objects.create(comment=comment, user=fan)
    mute_person(fans[0], by=ratih, now=NOW)
    mute_person(fans[2], by=ratih, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        mine = first(chapter, ratih)
    assert len(queries) == 3
    assert (mine.likes, mine.is_liked) == (2, True)
    assert mine.muted_likes == [person(fans[0].pk), person(fans[2].pk)]
    for other in (fans[1], AnonymousUser()):
        theirs = first(chapter, other)
        assert (theirs.likes, theirs.muted_likes) == (4, [])


def test_who_is_muted_is_read_on_no_answers_page_either() -> None:
    chapter, toba, ratih, bayu = make_chapter(), *map(somebody, ("Toba", "Ratih", "Bayu"))
    beginning = say(chapter, toba, "Read me.")
    theirs = say(chapter, bayu, "I did.", parent=beginning.pk)
    mine = say(chapter, ratih, "So did I.", parent=beginning.pk)
    for key in (beginning, theirs, mine):
        page = conversation(chapter, key.pk, ratih)
        assert page is not None
        assert page.shown[0].comment == beginning
        assert [one.comment for one in page.shown[0].answers] == [theirs, mine]
    mute_person(toba, by=ratih, now=NOW)
    assert conversation(chapter, beginning.pk, ratih) is None
    assert conversation(chapter, theirs.pk, ratih) is None
    page = conversation(chapter, mine.pk, ratih)  # to change it, or take it back
    assert page is not None
    assert [one.comment for one in page.shown] == [mine]
    assert page.shown[0].answers == []
