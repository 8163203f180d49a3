"""The same thing at the same moment: a form that is sent twice, a moderator who is faster by a blink."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from sites.books.models import Chapter
from sites.books.text.passage import Passage
from sites.community.actions.decide_report import AlreadyDecided, decide_report
from sites.community.actions.keep_highlight import keep_highlight
from sites.community.actions.like_comment import like_comment
from sites.community.actions.report import report
from sites.community.actions.vote_on_review import vote_on_review
from sites.community.actions.write_review import NotReviewed, Opinion, write_review
from sites.community.marks import Style
from sites.community.models import (
    Comment,
    CommentLike,
    Highlight,
    Notification,
    Report,
    Review,
    ReviewVote,
)
from tests.sites.community.talk import NOW, make_chapter, say, somebody
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.django_db(transaction=True)


class Elsewhere(threading.Thread):
    """Does something over a connection of its own."""

    def __init__(self, act: Callable[[], Any]) -> None:
        super().__init__()
        self._act = act
        self._pid = 0
        self.failure: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (self._pid,) = cursor.fetchone()
            self._act()
        except Exception as error:  # noqa: BLE001 - told to the thread of the test
            self.failure = error
        finally:
            connection.close()

    @property
    def waits(self) -> bool:
        """Does it wait for a lock, or has it ended?"""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted", [self._pid])
            return cursor.fetchone() is not None or not self.is_alive()

    def end(self) -> Exception | None:
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.failure


def both(held: Any, *acts: Callable[[], Any]) -> list[str]:
    """Do these while the row ``held`` is locked, and let all of them go at once; give the names of what
    they fail with, sorted."""
    with transaction.atomic():
        type(held)._default_manager.select_for_update().get(pk=held.pk)
        others = [Elsewhere(act) for act in acts]
        until(lambda: all(one.waits for one in others), what="all wait for a lock")
    return sorted(type(failure).__name__ for one in others if (failure := one.end()))


@pytest.fixture
def chapter() -> Chapter:
    return make_chapter()


def test_a_form_that_is_sent_twice_at_once_is_one_comment(chapter: Chapter) -> None:
    toba, ratih = somebody("Toba"), somebody("Ratih")
    beginning = say(chapter, ratih)
    send = lambda: say(chapter, toba, "Twice.", parent=beginning.pk, now=NOW)  # noqa: E731
    assert both(chapter, send, send) == []
    assert Comment.objects.filter(author=toba).count() == 1
    assert Notification.objects.to(ratih).count() == 1


def test_two_clicks_like_report_and_vote_once(chapter: Chapter) -> None:
    toba, ratih, bayu = somebody("Toba"), somebody("Ratih"), somebody("Bayu")
    comment = say(chapter, toba)
    like = lambda: like_comment(comment, like=True, by=ratih, now=NOW)  # noqa: E731
    assert both(comment, like, like) == []
    assert CommentLike.objects.count() == 1
    tell = lambda: report(comment, reason="spam", by=ratih, now=NOW)  # noqa: E731
    assert both(comment, tell, tell) == []
    assert Report.objects.count() == 1
    review = write_review(toba, chapter.book, opinion=Opinion(5), now=NOW)
    votes = [
        lambda who=who: vote_on_review(who, review.pk, is_helpful=True, now=NOW)
        for who in (ratih, ratih, bayu)
    ]
    assert both(review, *votes) == []
    assert ReviewVote.objects.count() == Review.objects.get().helpful == 2


def test_two_forms_write_one_review(chapter: Chapter) -> None:
    toba = somebody("Toba")
    write = lambda: write_review(toba, chapter.book, opinion=Opinion(4), now=NOW)  # noqa: E731
    assert both(toba, write, write) == []
    assert Review.objects.count() == 1


def test_of_two_moderators_one_decides(chapter: Chapter) -> None:
    comment = say(chapter, somebody("Toba"))
    made = report(comment, reason="spam", by=somebody("Ratih"), now=NOW)
    people = [somebody(name, "moderator") for name in ("Maya", "Mira")]
    decide = [
        lambda by=by: decide_report(made, uphold=by == people[0], why="So.", by=by, now=NOW)
        for by in people
    ]
    assert both(comment, *decide) == [AlreadyDecided.__name__]
    assert Report.objects.get().decided_by in people


def hide_meanwhile(about: Review | Highlight, act: Callable[[], Any]) -> Exception | None:
    """A moderator hides something, and commits it while its author changes it."""
    rows = type(about)._default_manager.filter(pk=about.pk)
    with transaction.atomic():
        rows.update(hidden_at=NOW)
        other = Elsewhere(act)
        until(lambda: other.waits, what="its author waits for the moderator")
    failure = other.end()
    assert rows.get().hidden_at == NOW
    return failure


def test_what_is_hidden_while_its_author_writes_stays_hidden(chapter: Chapter) -> None:
    toba = somebody("Toba")
    write = lambda stars: write_review(toba, chapter.book, opinion=Opinion(stars), now=NOW)  # noqa: E731
    review = write(4)
    assert isinstance(hide_meanwhile(review, lambda: write(5)), NotReviewed)
    assert Review.objects.get().stars == 4
    passage = Passage("", 0, "", 0, "Paragraph 1 word word word word")
    mark = lambda colour: keep_highlight(  # noqa: E731
        toba, chapter, selected=passage, style=Style(colour, "", is_shared=True), now=NOW
    )
    assert hide_meanwhile(mark("pink"), lambda: mark("blue")) is None
    assert Highlight.objects.get().colour == "blue"
