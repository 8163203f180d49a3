"""How books are shelved: genres of the house, and free tags."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Genre(models.Model):
    """A shelf of the house, named in both of its languages."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name_en = models.CharField(_("English name"), max_length=60)
    name_id = models.CharField(_("Indonesian name"), max_length=60)

    class Meta:
        verbose_name = _("genre")
        verbose_name_plural = _("genres")
        ordering = ("name_en",)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_id if (get_language() or "").startswith("id") else self.name_en


class Tag(models.Model):
    """A word that authors and editors put on a book."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
