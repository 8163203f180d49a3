"""The way of a book: every step from every state by every role, and what each leaves behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from sites.accounts.models import AuditEntry, User
from sites.books import events
from sites.books.actions.decide_on_book import approve_book, reject_book, request_changes
from sites.books.actions.missing_for_readers import NotComplete
from sites.books.actions.save_book import save_book
from sites.books.actions.steps import MOST_STEPS, STEPS, TooManySteps, WrongStep
from sites.books.actions.submit_book import submit_book
from sites.books.actions.take_back_book import take_back_book
from sites.books.actions.versions import ChangedMeanwhile
from sites.books.actions.withdraw_book import publish_again, withdraw_book
from sites.books.models import (
    Book,
    BookStatus,
    Chapter,
    Outcome,
    Status,
    Submission,
    SubmissionComment,
)
from tests.sites.books.actions.people import person

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def take(step: str, book: Book, by: User) -> Any:
    """Take a step by its name, as a page would."""
    steps: dict[str, Callable[[], Any]] = {
        "submit": lambda: submit_book(book, by=by, now=NOW),
        "take_back": lambda: take_back_book(book, by=by, now=NOW),
        "approve": lambda: approve_book(
            book, seen=Book.objects.get(pk=book.pk).written_at, by=by, now=NOW
        ),
        "request_changes": lambda: request_changes(book, comment="Lagi.", by=by, now=NOW),
        "reject": lambda: reject_book(book, comment="Bukan untuk kami.", by=by, now=NOW),
        "withdraw": lambda: withdraw_book(book, by=by, now=NOW),
        "publish_again": lambda: publish_again(book, by=by, now=NOW),
    }
    return steps[step]()


def place(book: Book, status: str) -> None:
    """Put the book somewhere on its way, with the submission that belongs there."""
    Book.objects.filter(pk=book.pk).update(status=status)
    if status == BookStatus.SUBMITTED:
        Submission.objects.create(book=book, number=1, submitted_at=NOW)


def status_of(book: Book) -> str:
    return Book.objects.values_list("status", flat=True).get(pk=book.pk)


@pytest.mark.parametrize("status", BookStatus.values)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_is_taken_from_where_it_begins_and_refused_everywhere_else(
    step: Any, status: str, book: Book, ratih: User, editor: User
) -> None:
    place(book, status)
    by = editor if step.name in ("approve", "request_changes", "reject") else ratih
    if status in step.sources:
        take(step.name, book, by)
        assert status_of(book) == step.target
        entry = AuditEntry.objects.get()
        assert (entry.actor, entry.action) == (by.pk, f"book.{step.name}")
        assert (entry.subject_type, entry.subject_id) == ("books.book", str(book.pk))
        # And once more: what was done is not done twice.
        with pytest.raises(WrongStep):
            take(step.name, book, by)
    else:
        with pytest.raises(WrongStep, match="Laut"):
            take(step.name, book, by)
        assert status_of(book) == status
    assert AuditEntry.objects.count() == int(status in step.sources)


DECISIONS = ("approve", "request_changes", "reject")


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
@pytest.mark.parametrize(
    "role", ["reader", "author", "moderator", "manager", "support", "operator"]
)
def test_nobody_takes_a_step_that_is_not_theirs(step: Any, role: str, book: Book) -> None:
    place(book, min(step.sources))
    stranger = person(role)
    allowed = role == "manager" or (role == "moderator" and step.name not in DECISIONS)
    if allowed:
        take(step.name, book, stranger)
        assert status_of(book) == step.target
        return
    with pytest.raises(PermissionDenied):
        take(step.name, book, stranger)
    assert status_of(book) == min(step.sources)
    assert not AuditEntry.objects.exists()


def test_nobody_sends_a_book_to_and_fro_all_day(book: Book, ratih: User, editor: User) -> None:
    for _turn in range(MOST_STEPS // 2):
        take("submit", book, ratih)
        take("take_back", book, ratih)
    with pytest.raises(TooManySteps, match="tomorrow"):
        take("submit", book, ratih)
    submit_book(book, by=ratih, now=NOW + timedelta(days=1))
    for _turn in range(MOST_STEPS):
        take_back_book(book, by=editor, now=NOW)
        submit_book(book, by=editor, now=NOW)


def test_an_editor_does_not_decide_on_their_own_book(book: Book, ratih: User, editor: User) -> None:
    ratih.groups.add(*editor.groups.all())
    submit_book(book, by=ratih, now=NOW)
    with pytest.raises(PermissionDenied, match="nobody on their own"):
        take("approve", book, User.objects.get(pk=ratih.pk))


def test_changes_are_requested_and_the_book_comes_back_in_a_second_round(
    book: Book, ratih: User, editor: User
) -> None:
    first = submit_book(book, note="Naskah pertama.", by=ratih, now=NOW)
    request_changes(book, comment="Awalnya terlalu lambat.", by=editor, now=NOW)
    first.refresh_from_db()
    assert (first.outcome, first.decided_by, first.owner) == (
        Outcome.CHANGES_REQUESTED,
        editor,
        editor,
    )
    second = submit_book(book, by=ratih, now=NOW)
    assert (second.number, second.owner) == (2, editor)
    take("approve", book, editor)
    published = Book.objects.get(pk=book.pk)
    assert published.publish_at == NOW
    assert published in Book.objects.published(NOW)
    talk = SubmissionComment.objects.values_list("text", flat=True)
    assert list(talk) == ["Naskah pertama.", "Awalnya terlalu lambat."]


def test_what_was_written_after_the_editor_looked_is_not_approved(
    book: Book, ratih: User, editor: User
) -> None:
    submit_book(book, by=ratih, now=NOW)
    seen = Book.objects.get(pk=book.pk).written_at
    changed = Book.objects.get(pk=book.pk)
    changed.subtitle = "Sebuah novel"
    save_book(changed, genres=book.genres.all(), tags=(), by=ratih, now=NOW + timedelta(hours=1))
    with pytest.raises(ChangedMeanwhile):
        approve_book(book, seen=seen, by=editor, now=NOW + timedelta(hours=2))
    assert status_of(book) == BookStatus.SUBMITTED


@pytest.mark.parametrize("ahead", [timedelta(days=-3), timedelta(days=3)])
def test_an_approved_book_comes_out_at_its_moment_and_never_in_the_past(
    ahead: timedelta, book: Book, ratih: User, editor: User
) -> None:
    Book.objects.filter(pk=book.pk).update(publish_at=NOW + ahead)
    submit_book(book, by=ratih, now=NOW)
    take("approve", book, editor)
    assert Book.objects.get(pk=book.pk).publish_at == max(NOW, NOW + ahead)
    assert Book.objects.published(NOW).exists() == (ahead < timedelta(0))


def test_a_form_cannot_publish(book: Book, ratih: User) -> None:
    book.status = BookStatus.PUBLISHED
    save_book(book, genres=(), tags=(), by=ratih, now=NOW)
    assert status_of(book) == BookStatus.DRAFT
    new = save_book(
        Book(title="Baru", status=BookStatus.PUBLISHED), genres=(), tags=(), by=ratih, now=NOW
    )
    assert status_of(new) == BookStatus.DRAFT


def test_what_is_missing_is_listed_and_nothing_is_submitted(book: Book, ratih: User) -> None:
    Book.objects.filter(pk=book.pk).update(synopsis=" ", opening_line="")
    book.genres.clear()
    Chapter.objects.create(book=book, number=2, title="Surut", status=Status.PUBLISHED)
    with pytest.raises(NotComplete) as refusal:
        submit_book(book, by=ratih, now=NOW)
    where = [missing.where for missing in refusal.value.missing]
    assert where == ["synopsis", "opening_line", "genres", "chapters"]
    assert not Submission.objects.exists()


def test_what_the_house_withdrew_its_author_does_not_bring_back(
    book: Book, ratih: User, editor: User
) -> None:
    place(book, BookStatus.PUBLISHED)
    withdraw_book(book, by=editor, now=NOW)
    with pytest.raises(PermissionDenied, match="house withdrew"):
        publish_again(book, by=ratih, now=NOW)
    publish_again(book, by=editor, now=NOW)
    withdraw_book(book, by=ratih, now=NOW)
    publish_again(book, by=ratih, now=NOW)
    assert status_of(book) == BookStatus.PUBLISHED


def test_a_listener_that_fails_undoes_the_step(
    book: Book, ratih: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(event: events.BookEvent) -> None:
        raise RuntimeError("The listener failed.")

    monkeypatch.setitem(events._listeners, events.BookSubmitted, [fail])
    with pytest.raises(RuntimeError):
        submit_book(book, by=ratih, now=NOW)
    assert status_of(book) == BookStatus.DRAFT
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_audit_log_is_never_changed(change: str, book: Book, ratih: User) -> None:
    submit_book(book, by=ratih, now=NOW)
    entries = AuditEntry.objects.all()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        entries.update(actor=None) if change == "update" else entries.delete()
    assert AuditEntry.objects.get().actor == ratih.pk


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_decide_once(book: Book, ratih: User, editor: User) -> None:
    other = person("editor", name="other")
    submit_book(book, by=ratih, now=NOW)
    start = threading.Barrier(2)

    def decide(step: str, by: User) -> str:
        try:
            start.wait(10)
            take(step, book, by)
        except WrongStep:
            return "refused"
        finally:
            connection.close()
        return step

    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(decide, ("approve", "reject"), (editor, other))
        ends = sorted(answers)
    assert "refused" in ends
    assert len(set(ends)) == 2
    decided = AuditEntry.objects.filter(action__in=["book.approve", "book.reject"])
    assert decided.count() == 1
