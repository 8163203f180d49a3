"""A file that somebody has brought to the desk, and not yet confirmed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from sites.books.models.book import Book


class PendingImport(models.Model):
    """What an upload would change, until its owner confirms, cancels, or lets it expire.

    The file lies in the storage under ``key``, which nobody can guess and no page shows.
    """

    token = models.CharField(max_length=43, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pending_imports"
    )
    #: The book that was chosen for the file; empty where the file itself says of which it is.
    book = models.ForeignKey(
        Book, on_delete=models.CASCADE, null=True, blank=True, related_name="pending_imports"
    )
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=100)
    #: The state of the book when the preview was made; "" for a book that was still to be.
    seen = models.CharField(max_length=64, blank=True)
    #: What ``preview_import`` gives.
    preview: models.JSONField[Any, Any] = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[PendingImport]] = models.Manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=("created_at",), name="books_pending_created"),)

    def __str__(self) -> str:
        return self.name
