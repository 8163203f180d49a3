"""What readers think of a book."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.books.models import Book
from sites.community.models.shown import Said, ShownQuerySet

#: Characters: three screens. Longer ones are essays, which nobody reads in a list.
LONGEST_REVIEW: Final = 4000
MOST_STARS: Final = 5


class ReviewQuerySet(ShownQuerySet["Review"]):
    """Speaks as readers do: ``Review.objects.of_book(book).shown_to(user).best_first()``."""

    def of_book(self, book: Book) -> ReviewQuerySet:
        return self.filter(book=book)

    def best_first(self) -> ReviewQuerySet:
        """Those that helped most before others; among equals the newest."""
        return self.order_by("-worth", "-pk")

    def newest_first(self) -> ReviewQuerySet:
        return self.order_by("-pk")


class Review(Said):
    """One reader's review of one book: stars, and words or none."""

    # Not as other things that are said: nothing hangs on it.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reader"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    book = models.ForeignKey(
        Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="reviews"
    )
    stars = models.PositiveSmallIntegerField(_("stars"))
    text = models.TextField(_("review"), max_length=LONGEST_REVIEW, blank=True)
    spoiler = models.BooleanField(_("gives something away"), default=False, db_default=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    #: Votes, counted by ``vote_on_review``, so that lists can be sorted by them.
    helpful = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    unhelpful = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    worth = models.GeneratedField(
        expression=models.F("helpful") - models.F("unhelpful"),
        output_field=models.IntegerField(),
        db_persist=True,
    )

    objects: ClassVar[ReviewQuerySet] = ReviewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=("book", "author"), name="community_review_once"),
            models.CheckConstraint(
                condition=Q(stars__gte=1, stars__lte=MOST_STARS), name="community_review_stars"
            ),
        )
        indexes = (
            models.Index(fields=("book", "-worth", "-id"), name="community_review_best"),
            models.Index(fields=("book", "-id"), name="community_review_newest"),
        )

    def __str__(self) -> str:
        return f"{self.stars}: {self.text[:80]}"
