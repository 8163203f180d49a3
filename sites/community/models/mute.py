"""Whom a person does not want to read."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User


class MuteQuerySet(models.QuerySet["Mute"]):
    """Speaks as people do: ``Mute.objects.by(user)``."""

    def by(self, user: User) -> MuteQuerySet:
        return self.filter(by=user)


class Mute(models.Model):
    """``by`` reads nothing more of ``of``, anywhere in the house, and nothing of it is counted for
    them. ``of`` is not told."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("muted by"),
        on_delete=models.CASCADE,
        related_name="mutes",
    )
    of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("muted person"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    since = models.DateTimeField(_("since"), default=timezone.now)

    objects: ClassVar[MuteQuerySet] = MuteQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("mute")
        verbose_name_plural = _("mutes")
        ordering = ("-since", "-pk")
        constraints = (
            models.UniqueConstraint(fields=("by", "of"), name="community_mute_once"),
            models.CheckConstraint(condition=~Q(by=F("of")), name="community_mute_not_oneself"),
        )

    def __str__(self) -> str:
        return f"{self.by_id} → {self.of_id}"
