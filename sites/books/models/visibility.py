"""Who can see what is decided by the query: a sleeping machine publishes on time, too."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a text stands on its way to readers."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


def is_out(now: datetime, prefix: str = "") -> Q:
    """Give the condition for what every reader may see at ``now``.

    ``prefix`` leads from the queried model to the one with ``status`` and ``publish_at``, such as
    ``"book__"``. Published without a time means at once.
    """
    return Q(**{f"{prefix}status": Status.PUBLISHED}) & (
        Q(**{f"{prefix}publish_at__isnull": True}) | Q(**{f"{prefix}publish_at__lte": now})
    )


class Publishable(models.Model):
    """The two columns that decide on visibility."""

    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, db_index=False
    )
    publish_at = models.DateTimeField(
        _("publish at"),
        null=True,
        blank=True,
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
