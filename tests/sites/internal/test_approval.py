"""Read a submission, talk about it, answer it; refusals come back as sentences."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from sites.accounts.models import AuditEntry
from sites.books.actions.decide_on_book import request_changes
from sites.books.actions.submit_book import submit_book
from sites.books.actions.take_back_book import take_back_book
from sites.books.models import (
    Author,
    Book,
    BookStatus,
    Outcome,
    Submission,
    SubmissionComment,
)
from tests.sites.desk.people import ROLES, SmallHouse
from tests.sites.internal.submitted import NOW, another, submitted


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
