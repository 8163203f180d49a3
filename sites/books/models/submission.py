"""A book given to the editors, what they answered, and the talk about it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.books.models.book import Book
from sites.books.models.chapter import Chapter

#: Characters: two screens. What is longer is a chapter of its own.
LONGEST_COMMENT = 5000
#: Characters of the paragraph that a comment keeps, to be understood when the text has changed.
LONGEST_QUOTE = 300


class Outcome(models.TextChoices):
    """What became of a submission; empty while it waits."""

    WAITING = "", _("Waiting")
    APPROVED = "approved", _("Approved")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    REJECTED = "rejected", _("Rejected")
    TAKEN_BACK = "taken_back", _("Taken back")


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """Speaks as editors do: ``Submission.objects.waiting().oldest_first()``."""

    def waiting(self) -> SubmissionQuerySet:
        return self.filter(outcome=Outcome.WAITING)

    def oldest_first(self) -> SubmissionQuerySet:
        return self.order_by("submitted_at", "pk")


class Submission(models.Model):
    """One round of a book; ``number`` counts from 1 in each book. At most one waits."""

    book = models.ForeignKey(
        Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="submissions"
    )
    number = models.PositiveIntegerField(_("round"))
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("submitted by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    #: The editor who has taken it on.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    outcome = models.CharField(
        _("outcome"), max_length=20, choices=Outcome, default=Outcome.WAITING, blank=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    objects: ClassVar[SubmissionQuerySet] = SubmissionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ("-submitted_at", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("book", "number"), name="books_submission_number"),
            models.UniqueConstraint(
                fields=("book",), condition=Q(outcome=""), name="books_submission_one_waits"
            ),
        )
        indexes = (
            # The editors' queue.
            models.Index(
                fields=("submitted_at", "id"),
                condition=Q(outcome=""),
                name="books_submission_waiting",
            ),
            # What was decided last, and how much was decided each week.
            models.Index(
                fields=("-decided_at", "-id"),
                condition=~Q(outcome=""),
                name="books_submission_decided",
            ),
        )

    def __str__(self) -> str:
        return f"{self.book} ({self.number})"


class SubmissionComment(models.Model):
    """One contribution to the talk between a book's authors and the editors: plain text, anchored
    to a chapter and a paragraph or to the book as a whole."""

    submission = models.ForeignKey(
        Submission,
        verbose_name=_("submission"),
        on_delete=models.CASCADE,
        related_name="comments",
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    text = models.TextField(_("comment"), max_length=LONGEST_COMMENT)
    chapter = models.ForeignKey(
        Chapter,
        verbose_name=_("chapter"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    #: The id of a paragraph in the chapter, or nothing.
    paragraph = models.CharField(max_length=12, blank=True)
    #: How the paragraph began when the comment was written.
    quote = models.CharField(max_length=LONGEST_QUOTE, blank=True)
    written_at = models.DateTimeField(_("written"), default=timezone.now)

    class Meta:
        verbose_name = _("comment on a submission")
        verbose_name_plural = _("comments on submissions")
        ordering = ("written_at", "pk")
        indexes = (
            models.Index(fields=("submission", "written_at", "id"), name="books_comment_thread"),
        )

    def __str__(self) -> str:
        return self.text[:80]
