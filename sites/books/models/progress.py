"""Where a person is in a book."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.books.models.book import Book
from sites.books.models.chapter import Chapter


class ReadingProgress(models.Model):
    """One place for each person and book: a chapter, a paragraph, and how far into the chapter.

    The paragraph's id finds the exact place; ``fraction`` (0 to 1) stands in where the paragraph
    has gone.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="progress"
    )
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="progress")
    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="progress")
    paragraph = models.CharField(max_length=10, blank=True)
    fraction = models.FloatField(default=0.0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reading progress")
        verbose_name_plural = _("reading progress")
        constraints = (
            models.UniqueConstraint(fields=("user", "book"), name="books_progress_once"),
            models.CheckConstraint(
                condition=models.Q(fraction__gte=0, fraction__lte=1), name="books_progress_fraction"
            ),
        )
        indexes = (
            models.Index(fields=("user", "-updated_at"), name="books_progress_latest"),
            # Readers of each of the last days, for the office's first screen.
            models.Index(fields=("updated_at",), name="books_progress_days"),
        )

    def __str__(self) -> str:
        return f"{self.book_id}: {self.fraction:.0%}"
