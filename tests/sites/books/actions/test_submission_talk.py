"""Who looks after a submission, what is said about it, and who is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from sites.accounts.models import User
from sites.books.actions.comment_on_submission import (
    Anchor,
    CommentRefused,
    comment_on_submission,
)
from sites.books.actions.decide_on_book import approve_book
from sites.books.actions.own_submission import CannotOwn, own_submission
from sites.books.actions.submit_book import submit_book
from sites.books.actions.take_back_book import take_back_book
from sites.books.models import Book, Chapter, SubmissionComment
from sites.community.models import Kind, Notification
from tests.sites.books.actions.people import person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_both_sides_are_told_and_nobody_of_what_they_did_themselves(
    book: Book, ratih: User, editor: User
) -> None:
    submission = submit_book(book, by=ratih, now=NOW)
    assert list(Notification.objects.to(editor).values_list("kind", flat=True)) == [Kind.SUBMITTED]
    comment_on_submission(submission, text="Sebentar.", by=editor, now=NOW)
    approve_book(book, seen=Book.objects.get(pk=book.pk).written_at, by=editor, now=NOW)
    told = Notification.objects.to(ratih).order_by("pk").values_list("kind", "book")
    assert list(told) == [(Kind.COMMENTED, book.pk), (Kind.APPROVED, book.pk)]
    assert Notification.objects.to(editor).count() == 1
    assert Notification.objects.to(ratih).mark_read(NOW) == 2
    assert not Notification.objects.to(ratih).unread().exists()


def test_an_author_does_not_flood_the_talk(
    book: Book, ratih: User, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sites.books.actions.comment_on_submission.MOST_A_DAY", 2)
    submission = submit_book(book, by=ratih, now=NOW)
    for by in (ratih, ratih, editor, editor, editor):
        comment_on_submission(submission, text="Halo.", by=by, now=NOW)
    with pytest.raises(CommentRefused, match="tomorrow"):
        comment_on_submission(submission, text="Halo.", by=ratih, now=NOW)
    comment_on_submission(submission, text="Pagi.", by=ratih, now=NOW + timedelta(days=1))


def test_only_who_looks_after_a_book_is_told_of_its_next_round(
    book: Book, ratih: User, editor: User
) -> None:
    other = person("editor", name="other")
    submit_book(book, by=ratih, now=NOW)
    own_submission(book, owner=other, by=editor, now=NOW)
    take_back_book(book, by=ratih, now=NOW)
    assert Notification.objects.to(other).filter(kind=Kind.TAKEN_BACK).exists()
    assert not Notification.objects.to(editor).filter(kind=Kind.TAKEN_BACK).exists()


def test_nobody_owns_a_submission_who_may_not_decide_on_it(
    book: Book, ratih: User, editor: User
) -> None:
    submit_book(book, by=ratih, now=NOW)
    with pytest.raises(CannotOwn):
        own_submission(book, owner=ratih, by=editor, now=NOW)


def test_a_comment_keeps_the_words_it_is_about(book: Book, ratih: User, editor: User) -> None:
    submission = submit_book(book, by=ratih, now=NOW)
    chapter = book.chapters.get()
    comment = comment_on_submission(
        submission, text="Bagus.", about=Anchor(chapter, "p-aaaaaaaa"), by=editor, now=NOW
    )
    assert comment.quote == "Air naik pelan-pelan."
    chapter.delete()
    comment.refresh_from_db()
    assert (comment.chapter, comment.quote) == (None, "Air naik pelan-pelan.")


@pytest.mark.parametrize(
    ("text", "paragraph", "said"),
    [
        ("  \n", "", "Write what you want to say"),
        ("a" * 5001, "", "at most 5000"),
        ("Ya.", "p-zzzzzzzz", "no longer in the chapter"),
        ("Ya.", "<script>", "no longer in the chapter"),
    ],
)
def test_a_comment_that_cannot_stand_is_refused_with_a_sentence(
    text: str, paragraph: str, said: str, book: Book, ratih: User
) -> None:
    submission = submit_book(book, by=ratih, now=NOW)
    about = Anchor(book.chapters.get(), paragraph)
    with pytest.raises(CommentRefused, match=said):
        comment_on_submission(submission, text=text, about=about, by=ratih, now=NOW)
    assert not SubmissionComment.objects.exists()


def test_a_chapter_of_another_book_is_no_anchor(book: Book, ratih: User) -> None:
    submission = submit_book(book, by=ratih, now=NOW)
    other = Chapter.objects.create(
        book=Book.objects.create(title="Lain", slug="lain"), number=1, title="Lain"
    )
    with pytest.raises(CommentRefused, match="another book"):
        comment_on_submission(submission, text="Ya.", about=Anchor(other), by=ratih, now=NOW)


def test_a_stranger_does_not_join_the_thread(book: Book, ratih: User) -> None:
    submission = submit_book(book, by=ratih, now=NOW)
    with pytest.raises(PermissionDenied):
        comment_on_submission(submission, text="Halo.", by=person("author"), now=NOW)
