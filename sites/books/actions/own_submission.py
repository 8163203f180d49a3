from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import User
from sites.books.actions.steps import APPROVE, lock_book, require_step, waiting_submission
from sites.books.exceptions import BookError
from sites.books.models import Book, Submission
from sites.books.permissions import may_decide, require_decide


class CannotOwn(BookError):
    """A submission was to be given to somebody who may not decide on it."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("%(name)s may not decide on this book. Choose an editor who did not write it.")
            % {"name": name}
        )


@transaction.atomic
def own_submission(book: Book, *, owner: User | None, by: User, now: datetime) -> Submission:
    """Say which editor looks after a waiting book; ``None`` gives it back to all.

    Raises ``PermissionDenied``, ``GoneMeanwhile``, ``WrongStep`` and ``CannotOwn``.
    """
    kept = lock_book(book)
    require_decide(by, kept)
    require_step(kept, APPROVE)
    if owner is not None and not may_decide(owner, kept):
        raise CannotOwn(str(owner))
    submission = waiting_submission(kept)
    submission.owner = owner
    submission.save(update_fields=["owner"])
    record_audit("submission.own", by=by, on=submission, now=now, owner=owner.pk if owner else None)
    return submission
