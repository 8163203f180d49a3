"""What readers say about a chapter, or about a paragraph of it."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import Person
from sites.books.models import Chapter
from sites.community.models.shown import Said, ShownQuerySet

#: Characters: a screen. In UTF-8 with the longest name it fits into one event (16,000 bytes).
LONGEST_COMMENT: Final = 2000
#: Characters of the paragraph that a comment keeps, to be understood when the text has changed.
LONGEST_QUOTE: Final = 160


class CommentQuerySet(ShownQuerySet["Comment"]):
    """Speaks as readers do: ``Comment.objects.about(chapter).shown_to(user)``."""

    def about(self, chapter: Chapter) -> CommentQuerySet:
        return self.filter(chapter=chapter)

    def shown_to(self, user: Person) -> CommentQuerySet:
        """As of all that is said; and nothing deleted, nor what answers a person who is muted."""
        shown = super().shown_to(user).filter(deleted_at=None)
        return shown.without_muted(user, "parent__author")

    def beginning(self) -> CommentQuerySet:
        """Those that answer nobody."""
        return self.filter(parent=None)

    def with_something_shown(self, user: Person) -> CommentQuerySet:
        """Those to be listed: shown themselves, or with an answer that is, for which their place is
        kept."""
        answers = Comment.objects.shown_to(user).filter(parent=OuterRef("pk"))
        own = Q(hidden_at=None, deleted_at=None, author__is_active=True)
        return self.without_muted(user).filter(own | Exists(answers))


class Comment(Said):
    """One comment: plain text, about a paragraph or (``paragraph`` empty) the whole chapter, and either
    a beginning or an answer to one (``parent``). A deleted one keeps its place and loses its words."""

    chapter = models.ForeignKey(
        Chapter, verbose_name=_("chapter"), on_delete=models.CASCADE, related_name="comments"
    )
    #: The id of a paragraph, which may have gone from the chapter since.
    paragraph = models.CharField(max_length=12, blank=True)
    #: How the paragraph began when the comment was written.
    quote = models.CharField(max_length=LONGEST_QUOTE, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("answers"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="answers",
    )
    text = models.TextField(_("comment"), max_length=LONGEST_COMMENT, blank=True)
    spoiler = models.BooleanField(_("gives something away"), default=False, db_default=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects: ClassVar[CommentQuerySet] = CommentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("-pk",)
        indexes = (
            # A page of a chapter's or a paragraph's beginnings, the newest first.
            models.Index(
                fields=("chapter", "-id"),
                condition=Q(parent=None),
                name="community_comment_newest",
            ),
            models.Index(
                fields=("chapter", "paragraph", "-id"),
                condition=Q(parent=None),
                name="community_comment_paragraph",
            ),
            # What one person has written.
            models.Index(fields=("author", "-id"), name="community_comment_author"),
        )

    def __str__(self) -> str:
        return self.text[:80]


class CommentLike(models.Model):
    """Somebody likes a comment."""

    comment = models.ForeignKey(
        Comment, verbose_name=_("comment"), on_delete=models.CASCADE, related_name="likes"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("person"),
        on_delete=models.CASCADE,
        related_name="+",
    )

    class Meta:
        verbose_name = _("like")
        verbose_name_plural = _("likes")
        constraints = (
            models.UniqueConstraint(fields=("comment", "user"), name="community_like_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} → {self.comment_id}"
