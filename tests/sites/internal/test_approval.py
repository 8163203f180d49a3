"""Read a submission, talk about it, answer it; refusals come back as sentences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from sites.accounts.models import AuditEntry
from sites.books.actions.decide_on_book import request_changes
from sites.books.actions.own_submission import own_submission
from sites.books.actions.submit_book import submit_book
from sites.books.actions.take_back_book import take_back_book
from sites.books.models import (
    Author,
    Book,
    BookStatus,
    Chapter,
    Outcome,
    Revision,
    Status,
    Submission,
    SubmissionComment,
)
from sites.internal.submissions import CHAPTERS_COMPARED, CHAPTERS_LISTED
from tests.sites.desk.people import ROLES, SmallHouse
from tests.sites.internal.submitted import NOW, another, submitted

MOST_QUERIES = 12


@pytest.fixture
def waiting(house: SmallHouse) -> Submission:
    return submitted(house)


@pytest.fixture
def editor(house: SmallHouse) -> Client:
    return house.visitor("internal", "editor")


def path(submission: Submission, step: str = "") -> str:
    return f"/approvals/{submission.pk}/{step}"


def give(client: Client, submission: Submission, answer: str, **more: str) -> HttpResponse:
    """Answer as the page offers it."""
    seen = client.get(path(submission)).context["seen"]
    sent = {"answer": answer, "seen": seen, "comment": "", **more}
    return client.post(path(submission, "answer/"), sent)


def status(submission: Submission) -> str:
    return str(Book.objects.get(pk=submission.book_id).status)


def test_the_page_shows_the_book_its_text_and_what_was_said(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    SubmissionComment.objects.create(submission=waiting, text="Silakan dibaca.")
    page = editor.get(path(waiting)).content.decode()
    for words in ("Laut", "Penulis Laut", "Pasang.", "Silakan dibaca.", "Novel", "Garam."):
        assert words in page, words
    assert 'data-say-paragraph="p-aaaaaaaa"' in page


def test_approving_publishes_and_sending_it_twice_changes_nothing(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    seen = editor.get(path(waiting)).context["seen"]
    sent = {"answer": "approve", "seen": seen, "comment": ""}
    first = editor.post(path(waiting, "answer/"), sent)
    second = editor.post(path(waiting, "answer/"), sent)
    assert [first.status_code, second.status_code] == [302, 302]
    assert status(waiting) == BookStatus.PUBLISHED
    assert AuditEntry.objects.filter(action="book.approve").count() == 1
    assert "has been decided" not in editor.get(path(waiting)).content.decode()


def test_what_was_written_since_is_not_approved_unseen(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    seen = editor.get(path(waiting)).context["seen"]
    Book.objects.filter(pk=house.own.pk).update(written_at=NOW)
    sent = {"answer": "approve", "seen": seen, "comment": "Bagus sekali."}
    answer = editor.post(path(waiting, "answer/"), sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "was changed by somebody else" in page
    assert "Bagus sekali." in page
    assert status(waiting) == BookStatus.SUBMITTED
    assert give(editor, waiting, "approve").status_code == 302


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("request_changes", BookStatus.CHANGES_REQUESTED),
        ("reject", BookStatus.REJECTED),
    ],
)
def test_saying_no_takes_a_comment(
    waiting: Submission, editor: Client, answer: str, outcome: str
) -> None:
    refused = give(editor, waiting, answer, comment=" \u200b ")
    assert "Write what you want to say." in refused.content.decode()
    assert status(waiting) == BookStatus.SUBMITTED
    assert give(editor, waiting, answer, comment="Bab satu terlalu pendek.").status_code == 302
    assert status(waiting) == outcome
    assert "Bab satu terlalu pendek." in editor.get(path(waiting)).content.decode()
    again = give(editor, waiting, answer, comment="Bab satu terlalu pendek.")
    assert again.status_code == 302
    assert SubmissionComment.objects.count() == 1


def test_a_round_that_is_over_is_not_answered_for_the_next_one(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    take_back_book(house.own, by=house.people["author"], now=NOW)
    following = submit_book(house.own, by=house.people["author"], now=NOW)
    answer = give(editor, waiting, "reject", comment="Tidak.")
    assert "This round has been decided on." in answer.content.decode()
    assert status(following) == BookStatus.SUBMITTED


def test_the_other_answer_comes_too_late(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    request_changes(house.own, comment="Ubah.", by=house.people["manager"], now=NOW)
    assert "has been decided" in give(editor, waiting, "approve").content.decode()
    assert status(waiting) == BookStatus.CHANGES_REQUESTED


@pytest.mark.parametrize("forged", ["", "yesterday", "2026-11-23", "0001-01-01T00:00:00+23:59"])
def test_a_forged_version_is_refused(waiting: Submission, editor: Client, forged: str) -> None:
    answer = editor.post(path(waiting, "answer/"), {"answer": "approve", "seen": forged})
    assert answer.status_code == 200
    assert status(waiting) == BookStatus.SUBMITTED


def test_nobody_answers_about_their_own_book(house: SmallHouse, waiting: Submission) -> None:
    Author.objects.filter(user=house.people["author"]).update(user=house.people["manager"])
    manager = house.visitor("internal", "manager")
    page = manager.get(path(waiting)).content.decode()
    assert "a colleague decides" in page
    assert "Approve the book" not in page
    assert give(manager, waiting, "approve").status_code == 403
    assert status(waiting) == BookStatus.SUBMITTED


def test_taking_it_on_and_giving_it_away(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    def owner() -> Any:
        return Submission.objects.get(pk=waiting.pk).owner

    own, manager = house.people["editor"], house.people["manager"]
    for _twice in range(2):
        assert editor.post(path(waiting, "owner/"), {"owner": own.pk}).status_code == 302
    assert owner() == own
    assert AuditEntry.objects.filter(action="submission.own").count() == 1
    editor.post(path(waiting, "owner/"), {"owner": manager.pk})
    assert owner() == manager
    editor.post(path(waiting, "owner/"), {"owner": house.people["author"].pk})
    assert owner() == manager
    assert "may not decide on this book" in editor.get(path(waiting)).content.decode()
    for odd in ("x", "9" * 30, "\x00"):
        editor.post(path(waiting, "owner/"), {"owner": odd})
        assert owner() == manager
    editor.post(path(waiting, "owner/"), {"owner": ""})
    assert owner() is None


def test_only_colleagues_who_may_decide_are_offered(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    offered = editor.get(path(waiting)).context["submission"].colleagues
    assert {row["name"] for row in offered} == {"Editor", "Manager"}
    Author.objects.filter(user=house.people["author"]).update(user=house.people["manager"])
    offered = editor.get(path(waiting)).context["submission"].colleagues
    assert {row["name"] for row in offered} == {"Editor"}


def test_a_comment_stands_at_its_paragraph(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    uid = house.chapter.uid
    opened = editor.get(path(waiting) + f"?chapter={uid}&about=p-aaaaaaaa")
    assert "Pasang." in opened.context["comment_form"].quote
    sent = {"text": "Lebih tenang.", "chapter": uid, "paragraph": "p-aaaaaaaa"}
    answer = editor.post(path(waiting, "comments/"), sent)
    assert answer.headers["Location"] == f"{path(waiting)}?chapter={uid}#p-aaaaaaaa"
    page = editor.get(path(waiting)).content.decode()
    assert "Lebih tenang." in page
    assert "1 comment so far" in page
    refused = editor.post(path(waiting, "comments/"), {**sent, "paragraph": "p-zzzzzzzz"})
    assert "no longer in the chapter" in refused.content.decode()


def second_round(house: SmallHouse, waiting: Submission) -> Submission:
    """The chapter rewritten and a chapter added since the first round."""
    request_changes(house.own, comment="Ubah.", by=house.people["editor"], now=NOW)
    later = NOW + timedelta(hours=1)
    text = '<p id="p-aaaaaaaa">Pasang naik.</p><p id="p-bbbbbbbb">Dua kata.</p>'
    Revision.objects.create(
        chapter=house.chapter,
        number=2,
        title="Bab",
        text='<p id="p-aaaaaaaa">Pasang.</p><p id="p-cccccccc">Hilang.</p>',
        created_at=later,
    )
    Chapter.objects.filter(pk=house.chapter.pk).update(text=text, words=4, updated_at=later)
    new = Chapter.objects.create(
        book=house.own, number=2, title="Bab Baru", text="<p>Satu.</p>", words=1
    )
    Chapter.objects.filter(pk=new.pk).update(created_at=later, status=Status.PUBLISHED)
    return submit_book(house.own, by=house.people["author"], now=later)


def test_the_next_round_says_what_changed(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    following = second_round(house, waiting)
    opened = editor.get(path(following))
    extent = opened.context["extent"]
    assert (extent.new_chapters, extent.changed_chapters, extent.words_more) == (1, 1, 3)
    page = opened.content.decode()
    assert "1 new, 1 changed, 1 removed" in page
    assert 'id="p-aaaaaaaa" data-mark="changed"' in page
    assert 'id="p-bbbbbbbb" data-mark="new"' in page
    second = house.own.chapters.get(number=2)
    assert (
        "This chapter is new"
        in editor.get(path(following) + f"?chapter={second.uid}").content.decode()
    )
    assert "Since the last round" not in editor.get(path(waiting)).content.decode()


def test_many_changed_chapters_are_not_counted_word_by_word(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    following = second_round(house, waiting)
    fill(house, CHAPTERS_COMPARED + 5)
    assert editor.get(path(following)).context["extent"].words_more is None


def fill(house: SmallHouse, chapters: int) -> None:
    last = house.own.chapters.count()
    old = NOW - timedelta(days=40)
    made = Chapter.objects.bulk_create(
        Chapter(
            book=house.own, number=last + n, title=f"Bab {n}", text="<p>Air.</p>", created_at=old
        )
        for n in range(1, chapters + 1)
    )
    Revision.objects.bulk_create(
        Revision(chapter=chapter, number=1, text="<p>Air.</p>", created_at=NOW + timedelta(hours=2))
        for chapter in made
    )


def test_the_page_keeps_to_the_limit_however_long_book_and_thread(
    house: SmallHouse,
    waiting: Submission,
    editor: Client,
    django_assert_max_num_queries: Any,
) -> None:
    following = second_round(house, waiting)
    own_submission(house.own, owner=house.people["manager"], by=house.people["editor"], now=NOW)
    editor.get(path(following))
    counts = []
    for rows in (2, CHAPTERS_LISTED + 50):
        fill(house, rows)
        SubmissionComment.objects.bulk_create(
            SubmissionComment(
                submission=following,
                text=f"nomor {n}",
                chapter=house.chapter,
                paragraph="p-aaaaaaaa",
                written_by=house.people["author"],
            )
            for n in range(rows)
        )
        with django_assert_max_num_queries(MOST_QUERIES) as asked:
            page = editor.get(path(following))
        assert page.status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert len(page.context["contents"].chapters) == CHAPTERS_LISTED
    assert page.context["contents"].after.chapter.number == CHAPTERS_LISTED + 1
    last = house.own.chapters.get(number=CHAPTERS_LISTED + 3)
    page = editor.get(path(following) + f"?chapter={last.uid}")
    assert page.context["contents"].before.chapter.number == CHAPTERS_LISTED


def test_the_pages_are_for_those_who_decide(house: SmallHouse, waiting: Submission) -> None:
    for step in ("", "answer/", "comments/", "owner/"):
        found = {role: house.visitor("internal", role).get(path(waiting, step)) for role in ROLES}
        for role, answer in found.items():
            let_in = role in ("editor", "manager", "superuser")
            expected = (200 if not step else 302) if let_in else 403
            assert answer.status_code == expected, (role, step)
        if step:
            reader = house.visitor("internal", "moderator")
            assert reader.post(path(waiting, step), {"text": "x"}).status_code == 403


@pytest.mark.parametrize(
    "odd",
    ["?chapter=%00", "?chapter=x&about=%00", "?about=p-aaaaaaaa&talk=x", "?talk=-1", "?chapter="],
)
def test_odd_addresses_show_the_first_chapter(
    waiting: Submission, editor: Client, odd: str
) -> None:
    assert "Pasang." in editor.get(path(waiting) + odd).content.decode()


def test_what_is_not_there_is_missing(waiting: Submission, editor: Client) -> None:
    for missing in ("/approvals/0/", "/approvals/99999999999999999999999/", "/approvals/x/"):
        assert editor.get(missing).status_code == 404


def test_a_book_without_chapters_can_be_looked_at(
    house: SmallHouse, waiting: Submission, editor: Client
) -> None:
    house.own.chapters.all().delete()
    page = editor.get(path(waiting)).content.decode()
    assert "The book has no chapters." in page
    assert another(house, 1, days_ago=1).outcome == Outcome.WAITING
