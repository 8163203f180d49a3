from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.comment_on_submission import add_comment
from sites.books.actions.missing_for_readers import NotComplete, missing_for_readers
from sites.books.actions.steps import SUBMIT, lock_book, require_calm, require_step
from sites.books.events import BookSubmitted, tell
from sites.books.models import Book, Submission
from sites.books.permissions import require_edit


@transaction.atomic
def submit_book(book: Book, *, note: str = "", by: User, now: datetime) -> Submission:
    """Give a draft to the editors, with a note that opens the thread if there is one.

    The editor who had the former round keeps it. Raises ``PermissionDenied``, ``GoneMeanwhile``,
    ``WrongStep``, ``TooManySteps``, ``NotComplete`` with the list, and ``CommentRefused``.
    """
    kept = lock_book(book)
    require_edit(by, kept)
    require_step(kept, SUBMIT)
    require_calm(by, now=now)
    missing = missing_for_readers(kept)
    if missing:
        raise NotComplete(kept.title, missing)
    former = kept.submissions.order_by("-number").first()
    last = kept.submissions.aggregate(last=Max("number"))["last"] or 0
    submission = Submission.objects.create(
        book=kept,
        number=last + 1,
        submitted_by=by,
        submitted_at=now,
        owner=former.owner if former else None,
    )
    Book.objects.filter(pk=kept.pk).update(status=SUBMIT.target)
    if note.strip():
        add_comment(submission, text=note, by=by, now=now)
    record_audit("book.submit", by=by, on=kept, now=now, round=submission.number)
    tell(BookSubmitted(book=kept.pk, by=by.pk, at=now, submission=submission.pk))
    return submission
