"""What somebody says about a chapter stands, is told, and is no flood."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from realtime.presence import person
from realtime.testing import published
from sites.accounts.limits import TooManyAttempts
from sites.accounts.models import User
from sites.books.models import Book, BookStatus, Chapter
from sites.community.actions.mute_person import mute_person
from sites.community.actions.write_comment import MOST_A_DAY, MOST_A_MINUTE, CannotComment
from sites.community.exceptions import NothingSaid, TooLong
from sites.community.models import Comment, Kind, Notification
from sites.community.models.comment import LONGEST_COMMENT, LONGEST_QUOTE
from tests.hostile_texts import PAYLOADS, UNSEEN, pastes
from tests.sites.chapter.library import hide, make_author
from tests.sites.community.talk import FIRST, NOW, SECOND, make_chapter, say, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def chapter() -> Chapter:
    return make_chapter()


@pytest.fixture
def toba() -> User:
    return somebody("Toba")


@pytest.fixture
def ratih() -> User:
    return somebody("Ratih")


def test_a_comment_stands_beside_its_paragraph_and_is_told_to_all_who_read(
    chapter: Chapter, toba: User
) -> None:
    with published() as events:
        comment = say(chapter, toba, " The <b>sea</b>! ", paragraph=SECOND, spoiler=True)
    assert comment.quote.startswith("Paragraph 2 word")
    assert len(comment.quote) == LONGEST_QUOTE
    told, numbers = events
    assert numbers.room == f"numbers.{chapter.book_id}"
    assert told.room == f"chapter.{chapter.pk}"
    assert told.kind == "comment_written"
    assert told.data == {
        "comment": comment.pk,
        "parent": None,
        "paragraph": SECOND,
        "by": person(toba.pk),
        "to": "",
        "name": "Toba",
        "text": "The <b>sea</b>!",
        "spoiler": True,
    }


def test_an_answer_to_an_answer_stands_below_the_same_beginning(
    chapter: Chapter, toba: User, ratih: User
) -> None:
    beginning = say(chapter, toba, paragraph=FIRST)
    answer = say(chapter, ratih, parent=beginning.pk)
    second = say(chapter, toba, "And yet.", parent=answer.pk, paragraph=SECOND)
    assert (answer.parent, second.parent) == (beginning, beginning)
    assert second.paragraph == FIRST
    assert not second.quote


def test_who_is_answered_is_told_and_nobody_else(chapter: Chapter, toba: User, ratih: User) -> None:
    beginning = say(chapter, toba)
    answer = say(chapter, ratih, parent=beginning.pk)
    say(chapter, toba, "Myself.", parent=beginning.pk)
    (row,) = Notification.objects.all()
    assert (row.recipient, row.kind, row.comment) == (toba, Kind.ANSWERED, answer)
    mute_person(ratih, by=toba, now=NOW)
    say(chapter, ratih, "Once more.", parent=beginning.pk)
    assert Notification.objects.count() == 1


def test_a_form_that_was_sent_twice_is_one_comment(chapter: Chapter, toba: User) -> None:
    first = say(chapter, toba, paragraph=FIRST, now=NOW)
    with published() as events:
        assert say(chapter, toba, paragraph=FIRST, now=NOW + timedelta(seconds=5)) == first
    assert not events
    assert say(chapter, toba, paragraph=SECOND, now=NOW) != first
    assert say(chapter, toba, paragraph=FIRST, now=NOW + timedelta(minutes=2)) != first


def test_only_those_with_an_open_account_speak(chapter: Chapter, toba: User) -> None:
    toba.is_active = False
    for nobody in (AnonymousUser(), toba):
        with pytest.raises(PermissionDenied, match="Sign in"):
            say(chapter, nobody)
    assert not Comment.objects.exists()


def test_nobody_comments_on_what_readers_cannot_read(chapter: Chapter) -> None:
    author = make_author(chapter.book)
    hide(chapter)
    with pytest.raises(CannotComment, match="Readers cannot read"):
        say(chapter, author)
    Chapter.objects.filter(pk=chapter.pk).update(status="published")
    Book.objects.update(status=BookStatus.WITHDRAWN)
    with pytest.raises(CannotComment, match="Readers cannot read"):
        say(chapter, author)


def test_an_unknown_paragraph_and_a_strange_parent_are_refused(
    chapter: Chapter, toba: User
) -> None:
    elsewhere = say(make_chapter("another-talk"), toba)
    for paragraph in ("p-zzzzzzzz", "<b>", "p-1", "\0", "p-\ud800", "x" * 100_000):
        with pytest.raises(CannotComment, match="no longer in the chapter"):
            say(chapter, toba, paragraph=paragraph)
    for parent in (elsewhere.pk, 0, 10**17):
        with pytest.raises(CannotComment, match="no longer there"):
            say(chapter, toba, parent=parent)


def test_nothing_and_too_much_are_refused(chapter: Chapter, toba: User) -> None:
    for text in UNSEEN:
        with pytest.raises(NothingSaid):
            say(chapter, toba, text)
    for text in pastes():
        with pytest.raises(TooLong, match=str(LONGEST_COMMENT)):
            say(chapter, toba, text)


def test_the_longest_comment_in_the_widest_letters_fits_into_an_event(
    chapter: Chapter, toba: User
) -> None:
    User.objects.filter(pk=toba.pk).update(name="𓀀" * 120)
    toba.refresh_from_db()
    with published() as events:
        say(chapter, toba, "𓀀" * LONGEST_COMMENT)
    assert events[0].data["text"] == "𓀀" * LONGEST_COMMENT


def test_a_flood_is_stopped_in_a_minute_and_in_a_day(chapter: Chapter, toba: User) -> None:
    for number in range(MOST_A_MINUTE):
        say(chapter, toba, f"{number}.", now=NOW)
    with pytest.raises(TooManyAttempts):
        say(chapter, toba, "One more.", now=NOW)
    say(chapter, somebody("Bayu"), now=NOW)
    for number in range(MOST_A_MINUTE, MOST_A_DAY):
        now = NOW + timedelta(minutes=number)
        say(chapter, toba, PAYLOADS[number % len(PAYLOADS)] + str(number), now=now)
    with pytest.raises(TooManyAttempts):
        say(chapter, toba, "One more.", now=NOW + timedelta(hours=10))
    say(chapter, toba, "A new day.", now=NOW + timedelta(days=1, seconds=1))
