"""Addresses of authors and genres that were merged into others: they lead on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sites.books.models.author import Author
from sites.books.models.genre import Genre


class MergedSlug(models.Model):
    """What an author's or a genre's address was, and where it leads now. An author or genre that
    takes the address anew comes first."""

    slug = models.SlugField(_("address"), max_length=80)
    author = models.ForeignKey(
        Author, on_delete=models.CASCADE, null=True, related_name="merged_slugs"
    )
    genre = models.ForeignKey(
        Genre, on_delete=models.CASCADE, null=True, related_name="merged_slugs"
    )

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        ordering = ("slug",)
        default_permissions = ()
        constraints = (
            models.CheckConstraint(
                condition=Q(author=None, genre__isnull=False) | Q(author__isnull=False, genre=None),
                name="books_merged_slug_leads_to_one",
            ),
            models.UniqueConstraint(
                fields=("slug",), condition=Q(genre=None), name="books_merged_slug_author"
            ),
            models.UniqueConstraint(
                fields=("slug",), condition=Q(author=None), name="books_merged_slug_genre"
            ),
        )

    def __str__(self) -> str:
        return self.slug
