"""The way of a book: which step leads from where to where, and the lock under which it is taken.

draft → submitted → published | changes requested | rejected; published → withdrawn → published.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.accounts.models import AuditEntry, User
from sites.books.actions.versions import GoneMeanwhile
from sites.books.exceptions import BookError
from sites.books.models import Book, BookStatus, Submission
from sites.books.permissions import is_house_editor

#: Steps that one author takes in a day, with all books together. Each of them tells editors or the
#: other authors, some by mail: to and fro a dozen times is a change of mind, more is a nuisance.
MOST_STEPS: Final = 24
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """``refusal`` says why a book in another state cannot take it, and what to do next."""

    name: str
    sources: frozenset[str]
    target: str
    refusal: str | Promise


SUBMIT: Final = Step(
    "submit",
    frozenset({BookStatus.DRAFT, BookStatus.CHANGES_REQUESTED}),
    BookStatus.SUBMITTED,
    gettext_lazy("Only a draft, or a book that is back for changes, can be submitted."),
)
TAKE_BACK: Final = Step(
    "take_back",
    frozenset({BookStatus.SUBMITTED}),
    BookStatus.DRAFT,
    gettext_lazy("Only a submitted book can be taken back. Reload the page to see where it is."),
)
APPROVE: Final = Step(
    "approve",
    frozenset({BookStatus.SUBMITTED}),
    BookStatus.PUBLISHED,
    gettext_lazy("Only a submitted book can be decided on. Reload the page to see where it is."),
)
REQUEST_CHANGES: Final = Step(
    "request_changes", APPROVE.sources, BookStatus.CHANGES_REQUESTED, APPROVE.refusal
)
REJECT: Final = Step("reject", APPROVE.sources, BookStatus.REJECTED, APPROVE.refusal)
WITHDRAW: Final = Step(
    "withdraw",
    frozenset({BookStatus.PUBLISHED}),
    BookStatus.WITHDRAWN,
    gettext_lazy("Only a published book can be withdrawn. Reload the page to see where it is."),
)
PUBLISH_AGAIN: Final = Step(
    "publish_again",
    frozenset({BookStatus.WITHDRAWN}),
    BookStatus.PUBLISHED,
    gettext_lazy("Only a withdrawn book can be published again. Submit a draft to the editors."),
)
STEPS: Final = (SUBMIT, TAKE_BACK, APPROVE, REQUEST_CHANGES, REJECT, WITHDRAW, PUBLISH_AGAIN)


class WrongStep(BookError):
    """The book is not where the step begins: somebody else was faster, or it was taken twice."""

    def __init__(self, book: Book, step: Step) -> None:
        self.step = step
        super().__init__(
            _("“%(title)s” is now: %(status)s. %(refusal)s")
            % {
                "title": book.title,
                "status": str(book.get_status_display()).lower(),
                "refusal": step.refusal,
            }
        )


class TooManySteps(BookError):
    """An author has sent books to and fro too often."""

    def __init__(self) -> None:
        super().__init__(_("You have moved books to and fro very often today. Go on tomorrow."))


def lock_book(book: Book) -> Book:
    """Give the stored book, locked until the transaction ends. Raises ``GoneMeanwhile``."""
    kept = Book.objects.select_for_update(no_key=True).filter(pk=book.pk).first()
    if kept is None:
        raise GoneMeanwhile(book.title)
    return kept


def require_step(book: Book, step: Step) -> None:
    """Raises ``WrongStep`` unless the locked book is where ``step`` begins."""
    if book.status not in step.sources:
        raise WrongStep(book, step)


def require_calm(by: User, *, now: datetime) -> None:
    """Raises ``TooManySteps`` where an author has taken ``MOST_STEPS`` within a day; the house's own
    people have no such limit."""
    if is_house_editor(by):
        return
    authors = [f"book.{step.name}" for step in (SUBMIT, TAKE_BACK, WITHDRAW, PUBLISH_AGAIN)]
    taken = AuditEntry.objects.filter(actor=by.pk, action__in=authors, at__gt=now - DAY)
    if taken.count() >= MOST_STEPS:
        raise TooManySteps


def may_step(book: Book, step: Step) -> bool:
    """Does the step begin where the book is? For pages, which offer only what would be done."""
    return book.status in step.sources


def waiting_submission(book: Book) -> Submission:
    """Give the submission that a submitted book waits with; there is exactly one."""
    return book.submissions.select_for_update(no_key=True).get(outcome="")
