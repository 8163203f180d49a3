"""Who was given a look at a book before it is out, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.books.models.book import Book


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    """Speaks as readers do: ``PreviewLink.objects.open(now)``."""

    def open(self, now: datetime) -> PreviewLinkQuerySet:
        """Links that still lead to their book."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class PreviewLink(models.Model):
    """A way to read a whole book, drafts included, for whoever has its address until it expires.

    The address carries a signature of the row's key (``sites.books.actions.preview_link``), so that
    what is stored here opens nothing by itself.
    """

    book = models.ForeignKey(
        Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="preview_links"
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects: ClassVar[PreviewLinkQuerySet] = PreviewLinkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="books_preview_expires_later"
            ),
        )

    def __str__(self) -> str:
        return f"{self.book_id}: {self.expires_at:%Y-%m-%d}"
