"""The three answers of an editor to a submitted book."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.comment_on_submission import add_comment
from sites.books.actions.note_publication import note_first_sight
from sites.books.actions.steps import (
    APPROVE,
    REJECT,
    REQUEST_CHANGES,
    Step,
    lock_book,
    require_step,
    waiting_submission,
)
from sites.books.actions.versions import require_unchanged
from sites.books.events import BookApproved, BookRejected, ChangesRequested, SubmissionEvent, tell
from sites.books.models import Book, Outcome, Submission
from sites.books.permissions import require_decide


@transaction.atomic
def approve_book(
    book: Book, *, seen: datetime, comment: str = "", by: User, now: datetime
) -> Submission:
    """Publish a submitted book, from its moment on or at once.

    ``seen`` is the book's ``written_at`` as the editor saw it: what was written since is not
    approved unseen. Raises ``PermissionDenied``, ``GoneMeanwhile``, ``WrongStep``,
    ``ChangedMeanwhile`` and ``CommentRefused``.
    """
    kept = _hold(book, APPROVE, by)
    require_unchanged(kept.title, seen=seen, stored=kept.written_at)
    note_first_sight(kept, now=now)
    Book.objects.filter(pk=kept.pk).update(publish_at=kept.publish_at)
    return _decide(kept, APPROVE, comment=comment, by=by, now=now)


@transaction.atomic
def request_changes(book: Book, *, comment: str, by: User, now: datetime) -> Submission:
    """Give a submitted book back to its authors, saying what should change.

    Raises ``PermissionDenied``, ``GoneMeanwhile``, ``WrongStep`` and ``CommentRefused``: without a
    comment, too.
    """
    kept = _hold(book, REQUEST_CHANGES, by)
    return _decide(kept, REQUEST_CHANGES, comment=comment, by=by, now=now)


@transaction.atomic
def reject_book(book: Book, *, comment: str, by: User, now: datetime) -> Submission:
    """Decline a submitted book for good, saying why. Raises as ``request_changes`` does."""
    kept = _hold(book, REJECT, by)
    return _decide(kept, REJECT, comment=comment, by=by, now=now)


_ENDS: dict[str, tuple[Outcome, type[SubmissionEvent]]] = {
    APPROVE.name: (Outcome.APPROVED, BookApproved),
    REQUEST_CHANGES.name: (Outcome.CHANGES_REQUESTED, ChangesRequested),
    REJECT.name: (Outcome.REJECTED, BookRejected),
}


def _hold(book: Book, step: Step, by: User) -> Book:
    kept = lock_book(book)
    require_decide(by, kept)
    require_step(kept, step)
    return kept


def _decide(book: Book, step: Step, *, comment: str, by: User, now: datetime) -> Submission:
    outcome, event = _ENDS[step.name]
    submission = waiting_submission(book)
    if comment.strip() or step is not APPROVE:
        add_comment(submission, text=comment, by=by, now=now)
    submission.outcome, submission.decided_by, submission.decided_at = outcome, by, now
    submission.owner = submission.owner or by
    submission.save(update_fields=["outcome", "decided_by", "decided_at", "owner"])
    Book.objects.filter(pk=book.pk).update(status=step.target)
    record_audit(f"book.{step.name}", by=by, on=book, now=now, round=submission.number)
    tell(event(book=book.pk, by=by.pk, at=now, submission=submission.pk))
    return submission
