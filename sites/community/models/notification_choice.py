"""What people want to be told of, and how."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.community.models.notification import Kind


class Topic(models.TextChoices):
    """Kinds of notifications that people choose about together."""

    CHAPTERS = "chapters", _("A book that I follow goes on")
    BOOKS = "books", _("An author whom I follow has a new book")
    ANSWERS = "answers", _("Somebody answers what I said")
    MODERATION = "moderation", _("Moderators decide on what I wrote or reported")
    COVERS = "covers", _("Invitations onto covers, and names on mine")
    STEPS = "steps", _("Editors decide on my books")
    TALKS = "talks", _("Somebody comments on a submission")
    SUBMISSIONS = "submissions", _("A book is submitted or taken back")
    HOUSE = "house", _("The house announces something")


class Way(models.TextChoices):
    """How somebody is told."""

    PAGE = "page", _("on the page")
    DIGEST = "digest", _("on the page, and by mail once a day")
    NONE = "none", _("not at all")


TOPICS: Final[dict[str, Topic]] = {
    Kind.SUBMITTED: Topic.SUBMISSIONS,
    Kind.TAKEN_BACK: Topic.SUBMISSIONS,
    Kind.APPROVED: Topic.STEPS,
    Kind.CHANGES_REQUESTED: Topic.STEPS,
    Kind.REJECTED: Topic.STEPS,
    Kind.WITHDRAWN: Topic.STEPS,
    Kind.PUBLISHED_AGAIN: Topic.STEPS,
    Kind.COMMENTED: Topic.TALKS,
    Kind.INVITED: Topic.COVERS,
    Kind.INVITATION_ACCEPTED: Topic.COVERS,
    Kind.INVITATION_DECLINED: Topic.COVERS,
    Kind.NAME_LEFT: Topic.COVERS,
    Kind.NEW_CHAPTER: Topic.CHAPTERS,
    Kind.NEW_CHAPTERS: Topic.CHAPTERS,
    Kind.NEW_BOOK: Topic.BOOKS,
    Kind.ANNOUNCED: Topic.HOUSE,
    Kind.ANSWERED: Topic.ANSWERS,
    Kind.WORDS_HIDDEN: Topic.MODERATION,
    Kind.REPORT_DECIDED: Topic.MODERATION,
}


class NotificationChoice(models.Model):
    """One person's choice about one topic; who has chosen nothing is told on the page."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    topic = models.CharField(_("topic"), max_length=20, choices=Topic)
    way = models.CharField(_("way"), max_length=10, choices=Way)
    chosen_at = models.DateTimeField(_("chosen"), default=timezone.now)

    class Meta:
        verbose_name = _("choice about notifications")
        verbose_name_plural = _("choices about notifications")
        constraints = (
            models.UniqueConstraint(fields=("user", "topic"), name="community_choice_once"),
        )

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.get_way_display()}"
