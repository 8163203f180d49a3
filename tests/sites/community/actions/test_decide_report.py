"""What is reported waits for moderators, who hide it or let it stand, with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from realtime.testing import published
from sites.accounts.models import AuditEntry, User
from sites.accounts.personal_data import export
from sites.books.models import Chapter
from sites.community.actions.decide_report import AlreadyDecided, decide_report, hide, restore
from sites.community.actions.edit_comment import CommentGone, delete_comment
from sites.community.actions.like_comment import OwnWords
from sites.community.actions.report import NoReason, report
from sites.community.exceptions import NothingSaid
from sites.community.models import (
    Comment,
    Kind,
    Notification,
    Report,
    ReportReason,
    ReportState,
    Review,
)
from tests.sites.community.talk import NOW, make_chapter, say, somebody

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


@pytest.fixture
def moderator() -> User:
    return somebody("Maya", "moderator")


def shown(chapter: Chapter) -> list[Comment]:
    return list(Comment.objects.about(chapter).shown_to(AnonymousUser()))


def test_a_report_keeps_what_was_said_and_waits_once_for_each_person(
    chapter: Chapter, toba: User, ratih: User
) -> None:
    comment = say(chapter, toba, "Buy now!")
    with published() as events:
        first = report(comment, reason="spam", text=" Again. ", by=ratih, now=NOW)
        assert report(comment, reason="abuse", by=ratih, now=NOW) == first
    assert events == [("moderation", "reported", {"report": first.pk, "reason": "spam"})]
    delete_comment(comment, by=toba, now=NOW)
    assert (first.said, first.text) == ("Buy now!", "Again.")
    with pytest.raises(CommentGone):
        report(comment, reason="spam", by=somebody("Bayu"), now=NOW)


def test_who_reported_finds_in_their_data_what_it_was_about(chapter: Chapter, ratih: User) -> None:
    review = Review.objects.create(author=somebody("Toba"), book=chapter.book, stars=1)
    report(review, reason="spam", by=ratih, now=NOW)
    told: Any = export(ratih)
    [row] = told["reports"]
    assert (row["comment_id"], row["review_id"], row["highlight_id"]) == (None, review.pk, None)


def test_a_report_needs_a_reason_and_somebody_else(
    chapter: Chapter, toba: User, ratih: User
) -> None:
    comment = say(chapter, toba)
    with pytest.raises(NoReason):
        report(comment, reason="", by=ratih, now=NOW)
    with pytest.raises(OwnWords):
        report(comment, reason="spam", by=toba, now=NOW)
    with pytest.raises(PermissionDenied):
        report(comment, reason="spam", by=AnonymousUser(), now=NOW)


def test_an_upheld_report_hides_for_all_who_reported_and_everybody_is_told(
    chapter: Chapter, toba: User, ratih: User, moderator: User
) -> None:
    comment, bayu = say(chapter, toba), somebody("Bayu")
    reports = [report(comment, reason="abuse", by=one, now=NOW) for one in (ratih, bayu)]
    with published() as events:
        decide_report(reports[1], uphold=True, why="An insult.", by=moderator, now=NOW)
    assert not shown(chapter)
    assert [event.kind for event in events if event.room == f"chapter.{chapter.pk}"] == [
        "comment_hidden"
    ]
    decided = next(event for event in events if event.room == "moderation")
    assert decided.data == {"reports": [one.pk for one in reports], "upheld": True}
    states = Report.objects.values_list("state", "why", "decided_by", "decided_at")
    assert set(states) == {(ReportState.UPHELD, "An insult.", moderator.pk, NOW)}
    told = set(Notification.objects.values_list("recipient", "kind"))
    assert told == {
        (toba.pk, Kind.WORDS_HIDDEN),
        (ratih.pk, Kind.REPORT_DECIDED),
        (bayu.pk, Kind.REPORT_DECIDED),
    }
    entry = AuditEntry.objects.get(action="report.decide")
    assert entry.facts == {"upheld": True, "reports": 2}


def test_a_dismissed_report_lets_it_stand(
    chapter: Chapter, toba: User, ratih: User, moderator: User
) -> None:
    comment = say(chapter, toba)
    one = report(comment, reason="other", by=ratih, now=NOW)
    decide_report(one, uphold=False, why="It is an opinion.", by=moderator, now=NOW)
    assert shown(chapter) == [comment]
    with pytest.raises(AlreadyDecided):
        decide_report(one, uphold=True, why="Or is it?", by=moderator, now=NOW)
    report(comment, reason="other", by=ratih, now=NOW)  # may be said anew


def test_what_nobody_reported_is_hidden_with_the_reason_and_can_come_back(
    chapter: Chapter, toba: User, moderator: User
) -> None:
    comment = say(chapter, toba)
    made = hide(comment, reason=ReportReason.ABUSE, why="An insult.", by=moderator, now=NOW)
    assert (made.state, made.said, shown(chapter)) == (ReportState.UPHELD, "Well said.", [])
    with pytest.raises(AlreadyDecided):
        hide(comment, reason=ReportReason.ABUSE, why="Again.", by=moderator, now=NOW)
    with published() as events:
        restore(comment, why="A misunderstanding.", by=moderator, now=NOW)
    assert [event.kind for event in events] == ["comment_restored", "numbers_changed"]
    assert shown(chapter) == [comment]
    assert Report.objects.get().state == ReportState.DISMISSED


def test_only_moderators_decide_with_a_reason_and_never_on_their_own_words(
    chapter: Chapter, toba: User, ratih: User, moderator: User
) -> None:
    one = report(say(chapter, toba), reason="spam", by=ratih, now=NOW)
    for by in (toba, ratih, somebody("Edi", "editor"), somebody("Sri", "support")):
        with pytest.raises(PermissionDenied, match="Only moderators"):
            decide_report(one, uphold=True, why="So.", by=by, now=NOW)
    with pytest.raises(NothingSaid):
        decide_report(one, uphold=True, why=" \u200b", by=moderator, now=NOW)
    own = report(say(chapter, moderator, "Mine."), reason="spam", by=ratih, now=NOW)
    with pytest.raises(PermissionDenied, match="their own words"):
        decide_report(own, uphold=False, why="So.", by=moderator, now=NOW)
