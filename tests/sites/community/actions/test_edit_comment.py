"""One's own words can be changed and taken back; others see that at once."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from realtime.presence import person
from realtime.testing import published
from sites.community.actions.edit_comment import CommentGone, delete_comment, edit_comment
from sites.community.actions.like_comment import OwnWords, like_comment
from sites.community.models import Comment, CommentLike
from tests.sites.community.talk import FIRST, NOW, make_chapter, say, somebody

pytestmark = pytest.mark.django_db


def test_an_edited_comment_says_so_and_an_unchanged_one_says_nothing() -> None:
    chapter, toba = make_chapter(), somebody("Toba")
    comment = say(chapter, toba)
    with published() as events:
        edit_comment(comment, text="Well said.", spoiler=False, by=toba, now=NOW)
        edited = edit_comment(comment, text="Better.", spoiler=True, by=toba, now=NOW)
    assert (edited.text, edited.spoiler, edited.edited_at) == ("Better.", True, NOW)
    data = {"comment": comment.pk, "text": "Better.", "spoiler": True}
    assert events == [(f"chapter.{chapter.pk}", "comment_edited", data)]


def test_a_deleted_comment_keeps_its_place_and_none_of_its_words() -> None:
    chapter, toba, ratih = make_chapter(), somebody("Toba"), somebody("Ratih")
    beginning = say(chapter, toba, paragraph=FIRST)
    answer = say(chapter, ratih, parent=beginning.pk)
    with published() as events:
        delete_comment(answer, by=ratih, now=NOW)
    said = {"paragraph": FIRST, "by": person(ratih.pk), "to": person(toba.pk)}
    assert events[0].data == {"comment": answer.pk} | said
    kept = Comment.objects.get(pk=answer.pk)
    assert (kept.text, kept.deleted_at) == ("", NOW)
    with pytest.raises(CommentGone):
        delete_comment(answer, by=ratih, now=NOW)
    with pytest.raises(CommentGone):
        edit_comment(answer, text="Back.", spoiler=False, by=ratih, now=NOW)


def test_nobody_changes_what_others_say() -> None:
    chapter, toba, moderator = make_chapter(), somebody("Toba"), somebody("Maya", "moderator")
    comment = say(chapter, toba)
    with pytest.raises(PermissionDenied, match="Only its author"):
        edit_comment(comment, text="Worse.", spoiler=False, by=moderator, now=NOW)
    with pytest.raises(PermissionDenied, match="Only its author"):
        delete_comment(comment, by=moderator, now=NOW)


def test_a_like_counts_once_and_can_be_taken_back() -> None:
    chapter, toba, ratih = make_chapter(), somebody("Toba"), somebody("Ratih")
    comment = say(chapter, toba)
    with published() as events:
        for like in (True, True, False, False):
            like_comment(comment, like=like, by=ratih, now=NOW)
    told = [(event.data["liked"], event.data["likes"]) for event in events]
    assert told == [(True, 1), (False, 0)]
    assert not CommentLike.objects.exists()
    with pytest.raises(OwnWords):
        like_comment(comment, like=True, by=toba, now=NOW)
    delete_comment(comment, by=toba, now=NOW)
    with pytest.raises(CommentGone):
        like_comment(comment, like=True, by=ratih, now=NOW)
