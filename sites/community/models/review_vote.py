"""Whether a review helped."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sites.community.models.review import Review


class ReviewVote(models.Model):
    """One person's vote on one review; who voted is shown to nobody."""

    review = models.ForeignKey(
        Review, verbose_name=_("review"), on_delete=models.CASCADE, related_name="votes"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    is_helpful = models.BooleanField(_("helpful"))

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = (
            models.UniqueConstraint(fields=("review", "user"), name="community_vote_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} → {self.review_id}"
