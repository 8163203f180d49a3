"""What somebody has typed and not stored yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sites.books.models.chapter import Chapter


class ChapterDraft(models.Model):
    """A person's own words for a chapter, as they stood in the form; readers never see them, and
    nobody else's draft takes their place.

    ``base`` is the ``updated_at`` of the chapter that they were made from; None where nothing is
    waiting. ``serial`` counts what was kept. ``page`` is the open page that the words came from, and
    ``sent`` its own count: together they tell a page that was gone before the answer what arrived.
    """

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chapter_drafts"
    )
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    base = models.DateTimeField(null=True)
    serial = models.PositiveBigIntegerField(default=0)
    page = models.CharField(max_length=32, blank=True)
    sent = models.PositiveBigIntegerField(default=0)
    saved_at = models.DateTimeField(default=Now())

    class Meta:
        verbose_name = _("unstored text")
        verbose_name_plural = _("unstored texts")
        constraints = (
            models.UniqueConstraint(fields=("chapter", "author"), name="books_draft_once"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_waiting(self) -> bool:
        """Are there words that the chapter does not have?"""
        return self.base is not None
