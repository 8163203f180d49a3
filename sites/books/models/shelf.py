"""What a reader keeps: books on four shelves, and what they follow."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sites.books.models.author import Author
from sites.books.models.book import Book


class Shelf(models.TextChoices):
    """The four shelves of a reader, in the order in which they are shown."""

    READING = "reading", pgettext_lazy("shelf", "Reading")
    TO_READ = "to_read", pgettext_lazy("shelf", "To read")
    FINISHED = "finished", pgettext_lazy("shelf", "Finished")
    DROPPED = "dropped", pgettext_lazy("shelf", "Dropped")


class ShelvedBook(models.Model):
    """A book on one of a reader's shelves; a book stands on one shelf at a time."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="shelved_books"
    )
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="shelved")
    shelf = models.CharField(_("shelf"), max_length=10, choices=Shelf)
    placed_at = models.DateTimeField(_("placed"), default=timezone.now)

    class Meta:
        verbose_name = _("book on a shelf")
        verbose_name_plural = _("books on shelves")
        ordering = ("-placed_at", "-pk")
        constraints = (models.UniqueConstraint(fields=("user", "book"), name="books_shelved_once"),)
        indexes = (
            models.Index(fields=("user", "shelf", "-placed_at", "-id"), name="books_shelved_list"),
        )

    def __str__(self) -> str:
        return f"{self.book_id} ({self.get_shelf_display()})"


class Follow(models.Model):
    """A reader follows a book, or an author's name."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows"
    )
    book = models.ForeignKey(
        Book, on_delete=models.CASCADE, null=True, blank=True, related_name="followers"
    )
    author = models.ForeignKey(
        Author, on_delete=models.CASCADE, null=True, blank=True, related_name="followers"
    )
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        ordering = ("-since", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "book"), condition=Q(author=None), name="books_follow_book_once"
            ),
            models.UniqueConstraint(
                fields=("user", "author"), condition=Q(book=None), name="books_follow_author_once"
            ),
            models.CheckConstraint(
                condition=Q(book=None, author__isnull=False) | Q(book__isnull=False, author=None),
                name="books_follow_one",
            ),
        )
        indexes = (models.Index(fields=("user", "-since", "-id"), name="books_follow_list"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.book_id or self.author_id}"
