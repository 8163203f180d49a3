"""A chapter: one clean text whose paragraphs keep their ids."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import Person, User
from sites.accounts.roles import HOUSE_EDITORS
from sites.books.models.book import Authorship, Book
from sites.books.models.visibility import Publishable, Status, is_out, within_reason

UID_LENGTH = 12
UID_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648's base 32, in lower case


def new_uid() -> str:
    """Give a new random uid: 60 bits, so that two of a billion chapters hardly ever meet."""
    return "".join(secrets.choice(UID_ALPHABET) for _ in range(UID_LENGTH))


class ChapterQuerySet(models.QuerySet["Chapter"]):
    """Speaks as readers do: ``Chapter.objects.readable_by(user).in_order()``."""

    def published(self, now: datetime | None = None) -> ChapterQuerySet:
        """Chapters that every visitor may read: out themselves, in a book that is."""
        now = now or timezone.now()
        return self.filter(is_out(now), is_out(now, "book__"))

    def readable_by(self, user: Person, now: datetime | None = None) -> ChapterQuerySet:
        """Chapters that this person may read: authors also read their own drafts, editors all."""
        if not isinstance(user, User):
            return self.published(now)
        if user.is_one_of(*HOUSE_EDITORS):
            return self
        now = now or timezone.now()
        own = Authorship.objects.filter(book=OuterRef("book"), author__user=user)
        return self.filter((is_out(now) & is_out(now, "book__")) | Q(models.Exists(own)))

    def in_order(self) -> ChapterQuerySet:
        return self.order_by("number")

    def newest_first(self) -> ChapterQuerySet:
        return self.order_by("-published_on", "-pk")

    def without_text(self) -> ChapterQuerySet:
        """For lists: the text is long and lies outside the row."""
        return self.defer("text")


class Chapter(Publishable):
    """One chapter. Links point at ``uid``, which survives renumbering; addresses show ``number``."""

    book = models.ForeignKey(
        Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="chapters"
    )
    uid = models.CharField(max_length=UID_LENGTH, unique=True, default=new_uid, editable=False)
    number = models.PositiveIntegerField(_("number"), validators=[MinValueValidator(1)])
    title = models.CharField(_("title"), max_length=300)
    text = models.TextField(_("text"), blank=True)
    words = models.PositiveIntegerField(_("words"), default=0, editable=False)
    #: The file inside the EPUB, by which an import finds its chapter again.
    source = models.CharField(max_length=500, blank=True, editable=False)
    #: When readers were told that it is out, or that it need not be told (``announce_due``).
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    published_on = models.GeneratedField(
        expression=models.functions.Coalesce("publish_at", "created_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    objects: ClassVar[ChapterQuerySet] = ChapterQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        ordering = ("book", "number")
        constraints = (
            # Deferred, so that one statement can move several chapters.
            models.UniqueConstraint(
                fields=("book", "number"),
                name="books_chapter_number",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="books_chapter_from_one"),
            within_reason("books_chapter_publish_at"),
        )
        indexes = (
            models.Index(fields=("status", "-published_on", "-id"), name="books_chapter_newest"),
            # The drafts that wait longest.
            models.Index(
                fields=("created_at", "id"),
                condition=Q(status=Status.DRAFT),
                name="books_chapter_waiting",
            ),
            # What came out, or will, and was not announced yet.
            models.Index(
                fields=("published_on",),
                condition=Q(status=Status.PUBLISHED, announced_at=None),
                name="books_chapter_unannounced",
            ),
            # The lengths of a page of books, from the index alone.
            models.Index(
                fields=("book", "status", "publish_at"),
                include=("words",),
                name="books_chapter_length",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def minutes(self) -> int:
        """Minutes of reading, at least one."""
        from sites.books.text.words import reading_minutes

        return reading_minutes(self.words)
