"""The talk about a submission: read by chapter, paged, and written to by a form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import RequestFactory

from sites.books.models import Chapter, Submission, SubmissionComment
from sites.desk.talk import COMMENTS_OF_A_PAGE, CommentForm, Talk, talk_about
from tests.sites.desk.people import SmallHouse

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def submission(house: SmallHouse) -> Submission:
    return Submission.objects.create(
        book=house.own, number=1, submitted_by=house.people["author"], submitted_at=NOW
    )


def link(chapter: Chapter) -> str:
    return f"/there/{chapter.uid}/"


def read(submission: Submission, page: str | int = 1) -> Talk:
    return talk_about(submission, page=page, link=link)


def shown(talk: Talk, **context: Any) -> str:
    request = RequestFactory().get("/")
    return render_to_string("desk/talk.html", {"talk": talk, **context}, request=request)


def say(submission: Submission, text: str, minutes: int = 0, **facts: Any) -> SubmissionComment:
    return SubmissionComment.objects.create(
        submission=submission, text=text, written_at=NOW + timedelta(minutes=minutes), **facts
    )


def test_the_book_comes_first_and_then_its_chapters_in_order(
    house: SmallHouse, submission: Submission
) -> None:
    second = Chapter.objects.create(book=house.own, number=2, title="Bab Dua")
    say(submission, "kedua", 0, chapter=second)
    say(submission, "pertama", 1, chapter=house.chapter, paragraph="p-aaaaaaaa", quote="Pasang.")
    say(submission, "semua", 2)
    say(submission, "lagi", 3, chapter=house.chapter)
    talk = read(submission)
    assert [(group.chapter, [s.comment.text for s in group.comments]) for group in talk.groups] == [
        (None, ["semua"]),
        (house.chapter, ["pertama", "lagi"]),
        (second, ["kedua"]),
    ]
    assert talk.groups[1].comments[0].link == f"{link(house.chapter)}#p-aaaaaaaa"
    assert talk.groups[1].comments[1].link == ""
    assert talk.total == 4


def test_a_comment_says_when_its_paragraph_or_its_chapter_has_gone(
    house: SmallHouse, submission: Submission
) -> None:
    about = {"chapter": house.chapter, "paragraph": "p-aaaaaaaa", "quote": "Pasang."}
    say(submission, "satu", **about)
    assert "no longer in the text" not in shown(read(submission))
    Chapter.objects.filter(pk=house.chapter.pk).update(text='<p id="p-bbbbbbbb">Surut.</p>')
    page = shown(read(submission))
    assert "no longer in the text" in page
    assert "Pasang." in page
    assert "#p-aaaaaaaa" not in page
    house.chapter.delete()
    (group,) = read(submission).groups
    assert (group.chapter, group.comments[0].gone) == (None, True)


def test_what_people_wrote_is_shown_as_text_with_its_lines(
    house: SmallHouse, submission: Submission
) -> None:
    say(submission, "<b>Satu</b>\ndua", written_by=house.people["editor"])
    page = shown(read(submission))
    assert "&lt;b&gt;Satu&lt;/b&gt;<br>dua" in page
    assert "<b>Editor</b>" in page


def test_an_erased_writer_has_left(submission: Submission) -> None:
    say(submission, "satu")
    assert "Somebody who has left" in shown(read(submission))


def test_a_long_thread_is_paged_and_costs_no_more(
    house: SmallHouse, submission: Submission, django_assert_num_queries: Any
) -> None:
    for number in range(COMMENTS_OF_A_PAGE + 3):
        writer = house.people["editor" if number % 2 else "author"]
        say(submission, f"nomor {number}", number, chapter=house.chapter, written_by=writer)
    with django_assert_num_queries(2):
        first = read(submission)
        assert [said.by for said in first.groups[0].comments[:2]] == ["Author", "Editor"]
    assert len(first.groups[0].comments) == COMMENTS_OF_A_PAGE
    assert [len(group.comments) for group in read(submission, "2").groups] == [3]
    assert "talk=2#talk" in shown(first)
    for odd in ("x", "-1", "9" * 40, "\x00"):
        assert read(submission, odd).page.number in (1, 2)


def sent(submission: Submission, **typed: str) -> CommentForm:
    return CommentForm(typed, submission=submission)


def test_the_form_stores_a_comment_at_its_paragraph(
    house: SmallHouse, submission: Submission
) -> None:
    form = sent(submission, text="Bagus. ", chapter=house.chapter.uid, paragraph="p-aaaaaaaa")
    comment = form.say(by=house.people["editor"], now=NOW)
    assert comment is not None
    assert (comment.text, comment.chapter, comment.quote) == ("Bagus.", house.chapter, "Pasang.")
    assert sent(submission, text="Semua.").say(by=house.people["author"], now=NOW) is not None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": " \u200b "}, "Write what you want to say."),
        ({"text": "a" * 5001}, "at most 5000 characters"),
        ({"text": "x", "chapter": "aaaaaaaaaaaa"}, "no longer in the book"),
        ({"text": "x", "paragraph": "p-cccccccc", "chapter": "own"}, "no longer in the chapter"),
        ({"text": "x", "paragraph": "laut", "chapter": "own"}, "no longer in the chapter"),
        ({"text": "x", "chapter": "foreign"}, "no longer in the book"),
    ],
)
def test_the_form_comes_back_with_the_refusal(
    house: SmallHouse, submission: Submission, typed: dict[str, str], sentence: str
) -> None:
    uids = {"own": house.chapter.uid, "foreign": house.foreign_chapter.uid}
    typed = {**typed, "chapter": uids.get(typed.get("chapter", ""), typed.get("chapter", ""))}
    form = sent(submission, **typed)
    assert form.say(by=house.people["editor"], now=NOW) is None
    page = shown(read(submission), comment_form=form, comment_action="/there/")
    assert sentence in page
    assert typed["text"][:50] in page
    assert not SubmissionComment.objects.exists()


def test_nobody_writes_about_a_book_that_is_not_theirs(
    house: SmallHouse, submission: Submission
) -> None:
    with pytest.raises(PermissionDenied):
        sent(submission, text="Halo.").say(by=house.people["reader"], now=NOW)
