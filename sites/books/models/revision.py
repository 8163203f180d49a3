"""The history of a chapter's text."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.books.models.chapter import Chapter


class Revision(models.Model):
    """What a chapter said before it was changed; ``number`` counts from 1 in each chapter."""

    chapter = models.ForeignKey(
        Chapter, verbose_name=_("chapter"), on_delete=models.CASCADE, related_name="revisions"
    )
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    #: Of ``text``; unknown for what was kept before words were counted here.
    words = models.PositiveIntegerField(_("words"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("changed by"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ("chapter", "-number")
        constraints = (
            models.UniqueConstraint(fields=("chapter", "number"), name="books_revision_number"),
        )

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"
