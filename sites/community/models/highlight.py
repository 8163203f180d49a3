"""What readers mark in a chapter, and what they write beside it."""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sites.accounts.models import Person, User
from sites.books.models import Book, Chapter
from sites.books.text.passage import AROUND, Passage
from sites.community.models.shown import Said, ShownQuerySet

#: Characters of a marked passage: a page of a printed book. More is copying, not marking.
LONGEST_PASSAGE: Final = 2000
#: Characters of a note: as long as a comment.
LONGEST_NOTE: Final = 2000


class Colour(models.TextChoices):
    """The four colours of a marker."""

    YELLOW = "yellow", pgettext_lazy("highlight", "Yellow")
    GREEN = "green", pgettext_lazy("highlight", "Green")
    BLUE = "blue", pgettext_lazy("highlight", "Blue")
    PINK = "pink", pgettext_lazy("highlight", "Pink")


class HighlightQuerySet(ShownQuerySet["Highlight"]):
    """Speaks as readers do: ``Highlight.objects.in_book(book).of(user)``."""

    def of(self, user: User) -> HighlightQuerySet:
        return self.filter(author=user)

    def in_book(self, book: Book) -> HighlightQuerySet:
        return self.filter(chapter__book=book)

    def shown_to(self, user: Person) -> HighlightQuerySet:
        """As of all that is said: nobody but its author sees one that is not shared."""
        return super().shown_to(user).filter(is_shared=True)

    def of_others(self, user: Person) -> HighlightQuerySet:
        return self.exclude(author=user) if isinstance(user, User) else self

    def in_order(self) -> HighlightQuerySet:
        """As they stand in the book; of those at one place, as they were made."""
        return self.order_by("chapter__number", "place", "pk")

    def counted_by_book(self) -> models.QuerySet[Highlight, dict[str, int]]:
        """Give ``book`` and ``count``, the book with the newest highlight first."""
        return (
            self.values(book=models.F("chapter__book"))
            .annotate(count=Count("pk"), newest=models.Max("pk"))
            .order_by("-newest")
        )


class Highlight(Said):
    """A passage that somebody marked, in a colour, with a note or without. Its author alone sees it,
    or everybody who reads the chapter (``is_shared``)."""

    # Not as other things that are said: nothing hangs on it.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reader"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    chapter = models.ForeignKey(
        Chapter, verbose_name=_("chapter"), on_delete=models.CASCADE, related_name="highlights"
    )
    #: The passage in the text whose ``digest`` this is (``sites.books.text.passages``).
    paragraph = models.CharField(max_length=12)
    start = models.PositiveIntegerField()
    last_paragraph = models.CharField(max_length=12)
    end = models.PositiveIntegerField()
    quote = models.TextField(_("passage"), max_length=LONGEST_PASSAGE)
    before = models.CharField(max_length=AROUND, blank=True)
    after = models.CharField(max_length=AROUND, blank=True)
    digest = models.CharField(max_length=32)
    #: How many characters of the chapter stood before it, for lists.
    place = models.PositiveIntegerField()
    colour = models.CharField(_("colour"), max_length=6, choices=Colour)
    note = models.TextField(_("note"), max_length=LONGEST_NOTE, blank=True)
    is_shared = models.BooleanField(_("shown to all readers"), default=False, db_default=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    edited_at = models.DateTimeField(_("changed"), null=True, blank=True)

    objects: ClassVar[HighlightQuerySet] = HighlightQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("highlight")
        verbose_name_plural = _("highlights")
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(colour__in=Colour.values), name="community_highlight_colour"
            ),
        )
        indexes = (
            models.Index(fields=("author", "chapter"), name="community_highlight_author"),
            models.Index(
                fields=("chapter", "-id"),
                condition=Q(is_shared=True),
                name="community_highlight_shared",
            ),
        )

    def __str__(self) -> str:
        return self.quote[:80]

    @property
    def words(self) -> str:
        """What moderators are shown."""
        return f"{self.note}\n\n{self.quote}" if self.note else self.quote

    @property
    def passage(self) -> Passage:
        return Passage(
            self.paragraph,
            self.start,
            self.last_paragraph,
            self.end,
            self.quote,
            self.before,
            self.after,
        )
