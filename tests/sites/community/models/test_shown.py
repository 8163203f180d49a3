"""Who sees what others said, in lists and in counts."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from sites.accounts.models import User
from sites.books.models import Chapter
from sites.community.models import Comment, Mute
from tests.sites.chapter.library import make_book, make_chapters, make_reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def chapter() -> Chapter:
    return make_chapters(make_book(), 1)[0]


@pytest.fixture
def toba() -> User:
    return make_reader("toba@shown.example")


@pytest.fixture
def ratih() -> User:
    return make_reader("ratih@shown.example")


def say(author: User | None, chapter: Chapter, **fields: object) -> Comment:
    return Comment.objects.create(**{"author": author, "chapter": chapter, "text": "Yes."} | fields)


def shown(user: User | AnonymousUser) -> set[int]:
    return set(Comment.objects.shown_to(user).values_list("pk", flat=True))


def test_hidden_and_deleted_words_are_shown_to_nobody(chapter: Chapter, toba: User) -> None:
    now = timezone.now()
    kept = say(toba, chapter)
    say(toba, chapter, hidden_at=now)
    say(toba, chapter, deleted_at=now, text="")
    for user in (AnonymousUser(), toba):
        assert shown(user) == {kept.pk}


def test_words_of_the_suspended_and_of_those_who_left_are_shown_to_nobody(
    chapter: Chapter, toba: User, ratih: User
) -> None:
    say(toba, chapter)
    say(None, chapter)
    kept = say(ratih, chapter)
    toba.is_active = False
    toba.save()
    assert shown(AnonymousUser()) == shown(ratih) == {kept.pk}


def test_who_is_muted_is_not_there_with_all_that_answers_them(
    chapter: Chapter, toba: User, ratih: User
) -> None:
    muted = say(toba, chapter)
    answer = say(ratih, chapter, parent=muted)
    own = say(ratih, chapter)
    nested = say(toba, chapter, parent=own)
    bayu = make_reader("bayu@shown.example")
    Mute.objects.create(by=bayu, of=toba)
    assert shown(bayu) == {own.pk}
    assert shown(toba) == shown(AnonymousUser()) == {muted.pk, answer.pk, own.pk, nested.pk}


def test_a_place_is_kept_for_answers(chapter: Chapter, toba: User, ratih: User) -> None:
    now = timezone.now()
    answered = say(toba, chapter, deleted_at=now, text="")
    say(ratih, chapter, parent=answered)
    lonely = say(toba, chapter, hidden_at=now)
    listed = Comment.objects.about(chapter).beginning().with_something_shown(AnonymousUser())
    assert list(listed) == [answered]
    Mute.objects.create(by=toba, of=ratih)
    assert not Comment.objects.beginning().with_something_shown(toba).exists()
    assert lonely not in Comment.objects.with_something_shown(ratih)
