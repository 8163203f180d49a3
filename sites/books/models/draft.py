"""What somebody has typed and not stored yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from sites.books.models.book import Book
from sites.books.models.chapter import Chapter


class UnstoredWords(models.Model):
    """A person's own words, as they stood in a form; readers never see them, and nobody else's take
    their place.

    ``serial`` counts what was kept. ``page`` is the open page that the words came from, and ``sent``
    its own count: together they tell a page that was gone before the answer what arrived.
    """

    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    serial = models.PositiveBigIntegerField(default=0)
    page = models.CharField(max_length=32, blank=True)
    sent = models.PositiveBigIntegerField(default=0)
    saved_at = models.DateTimeField(default=Now())

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class ChapterDraft(UnstoredWords):
    """For a chapter that there is. ``base`` is the ``updated_at`` of the chapter that they were made
    from; None where nothing is waiting."""

    chapter = models.ForeignKey(Chapter, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="chapter_drafts"
    )
    base = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("unstored text")
        verbose_name_plural = _("unstored texts")
        constraints = (
            models.UniqueConstraint(fields=("chapter", "author"), name="books_draft_once"),
        )

    @property
    def is_waiting(self) -> bool:
        """Are there words that the chapter does not have?"""
        return self.base is not None


class NewChapterDraft(UnstoredWords):
    """For a chapter that is not stored yet: one for each of a person's books, and one (``book`` None)
    before they have chosen a book. The row stays when nothing ``is_waiting``, since ``serial`` only
    grows: a page that has lain open must not take other words for those that it has shown."""

    book = models.ForeignKey(
        Book, on_delete=models.CASCADE, null=True, related_name="new_chapter_drafts"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="new_chapter_drafts"
    )
    is_waiting = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("unstored new chapter")
        verbose_name_plural = _("unstored new chapters")
        constraints = (
            models.UniqueConstraint(
                fields=("author", "book"), nulls_distinct=False, name="books_new_draft_once"
            ),
        )
