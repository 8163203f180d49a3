"""Somebody says that something should not stand; moderators decide."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.community.models.comment import Comment
from sites.community.models.highlight import Highlight
from sites.community.models.review import Review

#: Characters of what somebody adds to a report, and of why moderators decided so.
LONGEST_REMARK: Final = 500


class ReportReason(models.TextChoices):
    """What is wrong with it."""

    SPAM = "spam", _("Spam or advertising")
    ABUSE = "abuse", _("Abuse of other people")
    SPOILER = "spoiler", _("Gives the story away without a mark")
    RIGHTS = "rights", _("Copied from somebody else")
    OTHER = "other", _("Something else")


class ReportState(models.TextChoices):
    """What became of a report."""

    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld: it is hidden")
    DISMISSED = "dismissed", _("Dismissed: it stays")


class ReportQuerySet(models.QuerySet["Report"]):
    """Speaks as moderators do: ``Report.objects.open().oldest_first()``."""

    def open(self) -> ReportQuerySet:
        return self.filter(state=ReportState.OPEN)

    def oldest_first(self) -> ReportQuerySet:
        return self.order_by("created_at", "pk")


class Report(models.Model):
    """One report by one person of one thing; ``said`` is what stood there then."""

    comment = models.ForeignKey(
        Comment,
        verbose_name=_("comment"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reports",
    )
    review = models.ForeignKey(
        Review,
        verbose_name=_("review"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reports",
    )
    #: One that is shown to all readers, with its note.
    highlight = models.ForeignKey(
        Highlight,
        verbose_name=_("highlight"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reports",
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reported by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    reason = models.CharField(_("reason"), max_length=20, choices=ReportReason)
    text = models.CharField(_("remark"), max_length=LONGEST_REMARK, blank=True)
    said = models.TextField(_("what was said"), blank=True)
    created_at = models.DateTimeField(_("reported"), default=timezone.now)
    state = models.CharField(
        _("state"), max_length=20, choices=ReportState, default=ReportState.OPEN
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
    why = models.CharField(_("why"), max_length=LONGEST_REMARK, blank=True)

    objects: ClassVar[ReportQuerySet] = ReportQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("comment", "by"),
                condition=Q(state=ReportState.OPEN),
                name="community_report_comment_once",
            ),
            models.UniqueConstraint(
                fields=("review", "by"),
                condition=Q(state=ReportState.OPEN),
                name="community_report_review_once",
            ),
            models.UniqueConstraint(
                fields=("highlight", "by"),
                condition=Q(state=ReportState.OPEN),
                name="community_report_highlight_once",
            ),
            models.CheckConstraint(
                condition=Q(comment__isnull=False, review=None, highlight=None)
                | Q(comment=None, review__isnull=False, highlight=None)
                | Q(comment=None, review=None, highlight__isnull=False),
                name="community_report_one_target",
            ),
        )
        indexes = (
            # The moderators' queue.
            models.Index(
                fields=("created_at", "id"),
                condition=Q(state=ReportState.OPEN),
                name="community_report_open",
            ),
        )

    def __str__(self) -> str:
        return str(self.get_reason_display())

    @property
    def about(self) -> Comment | Review | Highlight | None:
        """What is reported."""
        return self.comment or self.review or self.highlight
