"""Who can see what is decided by the query: a sleeping machine publishes on time, too."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a chapter stands on its way to readers."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class BookStatus(models.TextChoices):
    """Where a book stands on its way to readers; ``sites.books.actions`` knows the steps between.

    The first and the last but one are those of ``Status``.
    """

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    REJECTED = "rejected", _("Rejected")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


def is_out(now: datetime, prefix: str = "") -> Q:
    """Give the condition for what every reader may see at ``now``.

    ``prefix`` leads from the queried model to the one with ``status`` and ``publish_at``, such as
    ``"book__"``. Published without a time means at once.
    """
    return Q(**{f"{prefix}status": Status.PUBLISHED}) & (
        Q(**{f"{prefix}publish_at__isnull": True}) | Q(**{f"{prefix}publish_at__lte": now})
    )


#: PostgreSQL keeps moments that Python cannot read back, such as the year 1 in another time zone,
#: and one such row would break every list that it stands in.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def check_moment(moment: datetime) -> None:
    """Raises ``ValidationError`` for a moment that no house publishes at."""
    if not EARLIEST <= moment < LATEST:
        raise ValidationError(_("Choose a moment between the years 2000 and 2199."))


def within_reason(name: str) -> models.CheckConstraint:
    """Give the constraint that holds ``check_moment`` for every writer."""
    condition = Q(publish_at__isnull=True) | Q(publish_at__gte=EARLIEST, publish_at__lt=LATEST)
    return models.CheckConstraint(condition=condition, name=name)


class Publishable(models.Model):
    """The two columns that decide on visibility."""

    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, db_index=False
    )
    publish_at = models.DateTimeField(
        _("publish at"),
        null=True,
        blank=True,
        validators=[check_moment],
        help_text=_("Readers see it from this moment on; empty means at once."),
    )

    class Meta:
        abstract = True

    def is_out(self, now: datetime | None = None) -> bool:
        """Could every reader see this row by itself at ``now``?"""
        now = now or timezone.now()
        return self.status == Status.PUBLISHED and (
            self.publish_at is None or self.publish_at <= now
        )
