"""Who writes in a chapter now."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sites.books.models.chapter import Chapter


class ChapterLease(models.Model):
    """The right to write in a chapter for the next minute; one row for each chapter that was ever
    written in at the desk, since ``number`` only grows.

    ``number`` is the fencing number: it grows whenever the lease goes to another page, and whoever
    comes with an older one has lost it. ``page`` is the open page that holds it. It ends at
    ``expires_at`` by the database's clock, which alone decides.
    """

    chapter = models.OneToOneField(
        Chapter, on_delete=models.CASCADE, primary_key=True, related_name="lease"
    )
    number = models.PositiveBigIntegerField(default=0)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    page = models.CharField(max_length=32, blank=True)
    expires_at = models.DateTimeField(null=True)
    #: Who would like to have it, and on which page of theirs.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    asked_page = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name = _("lease")
        verbose_name_plural = _("leases")

    def __str__(self) -> str:
        return f"{self.chapter_id}: {self.number}"
