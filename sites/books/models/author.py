"""The people whose names stand on covers."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _


class Author(models.Model):
    """A name on covers, with or without an account behind it."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    bio = models.TextField(_("about"), blank=True, max_length=5000)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="author",
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ("name", "pk")
        indexes = (
            # The list of names is read in this order, a page at a time.
            models.Index(fields=("name", "id"), name="books_author_by_name"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="books_author_trigrams"),
        )

    def __str__(self) -> str:
        return self.name
