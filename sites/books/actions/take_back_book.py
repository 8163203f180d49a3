from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.steps import (
    TAKE_BACK,
    lock_book,
    require_calm,
    require_step,
    waiting_submission,
)
from sites.books.events import SubmissionTakenBack, tell
from sites.books.models import Book, Outcome, Submission
from sites.books.permissions import require_edit


@transaction.atomic
def take_back_book(book: Book, *, by: User, now: datetime) -> Submission:
    """Make a submitted book a draft again, before anybody has decided on it.

    Raises ``PermissionDenied``, ``GoneMeanwhile``, ``WrongStep`` and ``TooManySteps``.
    """
    kept = lock_book(book)
    require_edit(by, kept)
    require_step(kept, TAKE_BACK)
    require_calm(by, now=now)
    submission = waiting_submission(kept)
    submission.outcome, submission.decided_by, submission.decided_at = Outcome.TAKEN_BACK, by, now
    submission.save(update_fields=["outcome", "decided_by", "decided_at"])
    Book.objects.filter(pk=kept.pk).update(status=TAKE_BACK.target)
    record_audit("book.take_back", by=by, on=kept, now=now, round=submission.number)
    tell(SubmissionTakenBack(book=kept.pk, by=by.pk, at=now, submission=submission.pk))
    return submission
