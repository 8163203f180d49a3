"""A sentence that the house tells everybody for a while."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sites.books.models.visibility import EARLIEST, LATEST, check_moment

#: Characters: three lines on a phone.
LONGEST_ANNOUNCEMENT = 200
#: Hosts of the house's own people: what is announced there alone is not for readers.
DESKS: Final = frozenset({"publish", "internal"})


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """Speaks as the house does: ``Announcement.objects.ending_after(now)``."""

    def ending_after(self, now: datetime) -> AnnouncementQuerySet:
        return self.filter(ends_at__gt=now)


class Announcement(models.Model):
    """Shown on top of every page of the chosen hosts, from ``starts_at`` until ``ends_at``."""

    text_en = models.CharField(_("text in English"), max_length=LONGEST_ANNOUNCEMENT)
    text_id = models.CharField(_("text in Indonesian"), max_length=LONGEST_ANNOUNCEMENT)
    #: Keys of hosts; none means all five.
    hosts = ArrayField(
        models.CharField(max_length=20), verbose_name=_("where"), default=list, blank=True
    )
    starts_at = models.DateTimeField(_("from"), default=timezone.now, validators=[check_moment])
    ends_at = models.DateTimeField(_("until"), validators=[check_moment])
    #: When people began to be told of it, each by a notification (``announce_current``).
    told_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[AnnouncementQuerySet] = AnnouncementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    ends_at__gt=F("starts_at"), starts_at__gte=EARLIEST, ends_at__lt=LATEST
                ),
                name="community_announcement_span",
            ),
        )
        indexes = (models.Index(fields=("ends_at",), name="community_announcement_ends"),)

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return self.text_id if get_language() == "id" else self.text_en

    @property
    def is_for_desks(self) -> bool:
        """Is it for those alone who may enter one of these desks?"""
        return bool(self.hosts) and DESKS.issuperset(self.hosts)

    def is_shown(self, host: str, now: datetime) -> bool:
        """Does it stand on the pages of this host at ``now``?"""
        return self.starts_at <= now < self.ends_at and (not self.hosts or host in self.hosts)
