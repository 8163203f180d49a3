"""What the house says about itself: about, terms, privacy, contact."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

#: Characters of one language's text: a contract of twenty pages.
LONGEST_PAGE = 60_000


class HousePage(models.Model):
    """One of the pages that every house has. There are as many rows as ``HOUSE_PAGES`` has slugs:
    ``sites.community.first_pages`` writes what is missing, people edit them at the office."""

    slug = models.SlugField(_("address"), max_length=40, unique=True, editable=False)
    title_en = models.CharField(_("title in English"), max_length=120)
    title_id = models.CharField(_("title in Indonesian"), max_length=120)
    #: Clean HTML.
    text_en = models.TextField(_("text in English"), max_length=LONGEST_PAGE)
    text_id = models.TextField(_("text in Indonesian"), max_length=LONGEST_PAGE)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("house page")
        verbose_name_plural = _("house pages")
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.title_id if get_language() == "id" else self.title_en

    @property
    def text(self) -> str:
        return self.text_id if get_language() == "id" else self.text_en
