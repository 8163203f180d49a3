"""What the house tells a person; stored, so that it reaches those who were away."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User
from sites.books.models import Book, Chapter, Submission
from sites.community.models.announcement import Announcement
from sites.community.models.comment import Comment

#: Nobody reads a larger number than this at a bell, and the database counts no further.
MOST_COUNTED = 99


class Kind(models.TextChoices):
    """What happened. The sentence for each stands in ``sites.community.sentences``."""

    SUBMITTED = "submitted", _("A book was submitted")
    TAKEN_BACK = "taken_back", _("A submission was taken back")
    APPROVED = "approved", _("A book was approved")
    CHANGES_REQUESTED = "changes_requested", _("Changes were requested")
    REJECTED = "rejected", _("A book was rejected")
    COMMENTED = "commented", _("A submission was commented on")
    WITHDRAWN = "withdrawn", _("A book was withdrawn")
    PUBLISHED_AGAIN = "published_again", _("A book was published again")
    INVITED = "invited", _("An invitation onto a cover")
    INVITATION_ACCEPTED = "invitation_accepted", _("A new name stands on a cover")
    INVITATION_DECLINED = "invitation_declined", _("An invitation was declined")
    NAME_LEFT = "name_left", _("A name has left a cover")
    NEW_CHAPTER = "new_chapter", _("A followed book has a new chapter")
    NEW_CHAPTERS = "new_chapters", _("A followed book has new chapters")
    NEW_BOOK = "new_book", _("A followed author has a new book")
    ANNOUNCED = "announced", _("The house has announced something")
    ANSWERED = "answered", _("Somebody answered a comment")
    WORDS_HIDDEN = "words_hidden", _("Moderators have hidden something")
    REPORT_DECIDED = "report_decided", _("A report was decided")


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Speaks as their readers do: ``Notification.objects.to(user).unread()``."""

    def to(self, user: User) -> NotificationQuerySet:
        return self.filter(recipient=user)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)

    def count_unread(self) -> int:
        """Give how much is unread; beyond ``MOST_COUNTED`` it is that. One query."""
        return self.unread()[:MOST_COUNTED].count()

    def newest_first(self) -> NotificationQuerySet:
        return self.order_by("-created_at", "-pk")

    def mark_read(self, now: datetime) -> int:
        return self.unread().update(read_at=now)


class Notification(models.Model):
    """One thing told to one person. Its words are made when it is shown, in their language."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recipient"),
        on_delete=models.CASCADE,
        related_name="notifications",
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    book = models.ForeignKey(
        Book,
        verbose_name=_("book"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    submission = models.ForeignKey(
        Submission,
        verbose_name=_("submission"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    #: The first new one, for readers.
    chapter = models.ForeignKey(
        Chapter,
        verbose_name=_("chapter"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    announcement = models.ForeignKey(
        Announcement,
        verbose_name=_("announcement"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    #: What was answered, hidden or decided on, where it is a comment.
    comment = models.ForeignKey(
        Comment,
        verbose_name=_("comment"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    #: It waits for the recipient's next digest.
    to_mail = models.BooleanField(default=False, db_default=False, editable=False)

    objects: ClassVar[NotificationQuerySet] = NotificationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=("recipient", "-created_at", "-id"), name="community_notice_list"),
            # The bell: is anything unread?
            models.Index(
                fields=("recipient",),
                condition=models.Q(read_at=None),
                name="community_notice_unread",
            ),
            models.Index(
                fields=("recipient",),
                condition=models.Q(to_mail=True),
                name="community_notice_to_mail",
            ),
        )

    def __str__(self) -> str:
        return str(self.get_kind_display())
