"""The forms beside a submission: the answer, and who looks after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.accounts.models import User
from sites.books.actions.decide_on_book import approve_book, reject_book, request_changes
from sites.books.actions.steps import WrongStep
from sites.books.exceptions import BookError
from sites.books.models import Outcome, Submission
from sites.books.models.submission import LONGEST_COMMENT
from sites.desk.typed_text import some_lines

APPROVE, REQUEST_CHANGES, REJECT = "approve", "request_changes", "reject"
_OUTCOMES = {
    APPROVE: Outcome.APPROVED,
    REQUEST_CHANGES: Outcome.CHANGES_REQUESTED,
    REJECT: Outcome.REJECTED,
}
_WITH_A_COMMENT: dict[str, Callable[..., Submission]] = {
    REQUEST_CHANGES: request_changes,
    REJECT: reject_book,
}


class AnswerForm(forms.Form):
    """An editor's answer. ``seen`` is the version of the book that it was made from."""

    answer = forms.ChoiceField(choices=[(name, name) for name in _OUTCOMES])
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea({"rows": 4, "class": "desk-field"}),
    )
    seen = forms.CharField(required=False, max_length=40)

    def __init__(self, *args: Any, submission: Submission, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.submission = submission

    def clean_comment(self) -> str:
        return some_lines(self.cleaned_data["comment"]).strip()

    def clean_seen(self) -> datetime | None:
        typed = self.cleaned_data["seen"]
        try:
            seen = parse_datetime(typed) if typed else None
        except ValueError:
            seen = None
        if seen is None or seen.tzinfo is None:
            raise forms.ValidationError(_("Reload the page, and answer again."), code="seen")
        return seen

    @property
    def refusals(self) -> list[str]:
        """Every sentence about what is wrong, in one list."""
        return [str(error) for errors in self.errors.values() for error in errors]

    def give(self, *, by: User, now: datetime) -> bool:
        """Answer the submission; False where that is refused, with the sentence among the errors.

        The same answer of the same person, sent twice, is given once. Raises ``PermissionDenied``.
        """
        if not self.is_valid():
            return False
        answer = self.cleaned_data["answer"]
        if self.submission.outcome:
            return self._is_given_already(answer, by) or self._refuse(
                _("This round has been decided on. Reload the page to see how.")
            )
        try:
            self._act(answer, by=by, now=now)
        except WrongStep as refusal:
            self.submission.refresh_from_db(fields=["outcome", "decided_by"])
            return self._is_given_already(answer, by) or self._refuse(str(refusal))
        except BookError as refusal:
            return self._refuse(str(refusal))
        return True

    def _act(self, answer: str, *, by: User, now: datetime) -> None:
        book, comment = self.submission.book, self.cleaned_data["comment"]
        if answer == APPROVE:
            approve_book(book, seen=self.cleaned_data["seen"], comment=comment, by=by, now=now)
        else:
            _WITH_A_COMMENT[answer](book, comment=comment, by=by, now=now)

    def _is_given_already(self, answer: str, by: User) -> bool:
        given = self.submission.outcome, self.submission.decided_by_id
        return given == (_OUTCOMES[answer], by.pk)

    def _refuse(self, sentence: str) -> bool:
        self.add_error(None, sentence)
        return False


class OwnerForm(forms.Form):
    """Who looks after a submission: an account's key, or nothing for everybody."""

    owner = forms.ModelChoiceField(User.objects.filter(is_active=True), required=False)
