"""A book: what stands on the shelf."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Now, Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import Person, User
from sites.accounts.roles import HOUSE_EDITORS
from sites.books.models.author import Author
from sites.books.models.genre import Genre, Tag
from sites.books.models.visibility import BookStatus, Publishable, is_out, within_reason

#: BCP 47, the parts that books use: language, script, region, variants.
LANGUAGE_TAG = RegexValidator(
    r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", _("Use a tag such as id or en-GB.")
)
COLOUR = RegexValidator(r"^#[0-9A-F]{6}\Z", _("Use a colour such as #3B2C93."))
PAPER = "#FCFBF8"

#: First parts of addresses in the reading room that are no book's.
RESERVED_SLUGS = frozenset(
    {"feed", "highlights", "language", "media", "muted", "preview", "reading", "shelves"}
    | {"sitemap", "static"}
)


def refuse_reserved_slug(slug: str) -> None:
    """Raises ``ValidationError`` for a slug whose address in the reading room is another page's."""
    if slug in RESERVED_SLUGS:
        raise ValidationError(
            _("“%(slug)s” is a page of the reading room. Choose another address."),
            code="reserved",
            params={"slug": slug},
        )


class WritingMode(models.TextChoices):
    """How lines run, by CSS's names."""

    HORIZONTAL = "horizontal-tb", _("Horizontal")
    VERTICAL_RL = "vertical-rl", _("Vertical, lines from right to left")
    VERTICAL_LR = "vertical-lr", _("Vertical, lines from left to right")


class Direction(models.TextChoices):
    """The text's direction, by HTML's names."""

    LTR = "ltr", _("Left to right")
    RTL = "rtl", _("Right to left")


class BookQuerySet(models.QuerySet["Book"]):
    """Speaks as readers do: ``Book.objects.visible_to(user).newest_first()``."""

    def published(self, now: datetime | None = None) -> BookQuerySet:
        """Books that every visitor may see."""
        return self.filter(is_out(now or timezone.now()))

    def visible_to(self, user: Person, now: datetime | None = None) -> BookQuerySet:
        """Books that this person may see: authors also see their own, editors all."""
        if not isinstance(user, User):
            return self.published(now)
        if user.is_one_of(*HOUSE_EDITORS):
            return self
        own = Authorship.objects.filter(book=OuterRef("pk"), author__user=user)
        return self.filter(is_out(now or timezone.now()) | Q(models.Exists(own)))

    def of_user(self, user: User) -> BookQuerySet:
        """Books with this person's name on the cover."""
        return self.filter(
            models.Exists(Authorship.objects.filter(book=OuterRef("pk"), author__user=user))
        )

    def newest_first(self) -> BookQuerySet:
        return self.order_by("-published_on", "-pk")

    def for_cards(self) -> BookQuerySet:
        """With the names that a book card shows, in two queries however many books."""
        return self.defer("synopsis").prefetch_related(cover_names())

    def with_length(self, now: datetime | None = None) -> BookQuerySet:
        """Add ``chapter_count`` and ``word_count`` of what is out."""
        from sites.books.models.chapter import Chapter

        out = (
            Chapter.objects.filter(is_out(now or timezone.now()), book=OuterRef("pk"))
            .order_by()
            .values("book")
        )
        return self.annotate(
            chapter_count=Coalesce(Subquery(out.annotate(n=Count("pk")).values("n")), 0),
            word_count=Coalesce(Subquery(out.annotate(n=Sum("words")).values("n")), 0),
        )


class Book(Publishable):
    """A title with its chapters. ``identifier`` makes a second import of one file an update."""

    status = models.CharField(
        _("status"), max_length=20, choices=BookStatus, default=BookStatus.DRAFT, db_index=False
    )
    #: Its authors bring back what they withdrew themselves, and not what the house withdrew.
    withdrawn_by_house = models.BooleanField(default=False, db_default=False, editable=False)
    title = models.CharField(_("title"), max_length=300)
    subtitle = models.CharField(_("subtitle"), max_length=300, blank=True)
    slug = models.SlugField(
        _("address"), max_length=80, unique=True, validators=[refuse_reserved_slug]
    )
    language = models.CharField(
        _("language"), max_length=20, default="id", validators=[LANGUAGE_TAG]
    )
    direction = models.CharField(
        _("direction"), max_length=3, choices=Direction, default=Direction.LTR
    )
    writing_mode = models.CharField(
        _("writing mode"), max_length=13, choices=WritingMode, default=WritingMode.HORIZONTAL
    )
    synopsis = models.TextField(
        _("synopsis"),
        blank=True,
        max_length=10_000,
        help_text=_("Paragraphs are set apart by a blank line."),
    )
    opening_line = models.CharField(
        _("opening line"),
        max_length=300,
        blank=True,
        help_text=_("The sentence that the house shows first."),
    )
    is_complete = models.BooleanField(
        _("complete"), default=True, help_text=_("Off for a serial that is still running.")
    )
    identifier = models.CharField(
        _("identifier"), max_length=200, null=True, blank=True, unique=True, editable=False
    )
    cover = models.FileField(_("cover"), max_length=200, blank=True, upload_to="covers")
    cover_ground = models.CharField(
        _("cover's ground"), max_length=7, default=PAPER, validators=[COLOUR]
    )
    #: What was made of the cover: ``sites.books.pictures`` writes it and says how.
    cover_made: models.JSONField[Any, Any] = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), editable=False
    )
    authors: models.ManyToManyField[Author, Authorship] = models.ManyToManyField(
        Author, through="Authorship", related_name="books", verbose_name=_("authors")
    )
    genres = models.ManyToManyField(
        Genre, blank=True, related_name="books", verbose_name=_("genres")
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="books", verbose_name=_("tags"))
    #: When those who follow its authors were told that it is out (``announce_books``).
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    #: When the row itself was last stored: the version that a form on it was made from.
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    #: When somebody last worked on it or on a chapter of it: the order of a desk.
    written_at = models.DateTimeField(
        _("last written"), default=timezone.now, db_default=Now(), editable=False
    )
    #: When readers could first see it, or when it was made: what "new" sorts by, with an index.
    published_on = models.GeneratedField(
        expression=Coalesce("publish_at", "created_at"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    objects: ClassVar[BookQuerySet] = BookQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("book")
        verbose_name_plural = _("books")
        ordering = ("title", "pk")
        constraints = (within_reason("books_book_publish_at"),)
        indexes = (
            models.Index(fields=("status", "-published_on", "-id"), name="books_book_newest"),
            models.Index(fields=("-written_at",), name="books_book_written"),
            # What came out, or will, and was not announced yet.
            models.Index(
                fields=("published_on",),
                condition=Q(status=BookStatus.PUBLISHED, announced_at=None),
                name="books_book_unannounced",
            ),
            # The catalogue's search for parts of words: ILIKE through trigrams.
            GinIndex(
                *(
                    OpClass(Upper(column), name="gin_trgm_ops")
                    for column in ("title", "subtitle", "opening_line")
                ),
                name="books_book_trigrams",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def author_names(self) -> str:
        """The names on the cover, in their order; free of queries after ``for_cards``."""
        rows = sorted(self.authorships.all(), key=lambda row: (row.position, row.pk))
        return ", ".join(row.author.name for row in rows)

    def cover_url(self, width: int = 640) -> str:
        """Give the cover's address at 160, 320 or 640 px; a drawn cover has one for all."""
        if not self.cover:
            return ""
        name = self.cover.name or ""
        if name.endswith(".svg"):
            return str(self.cover.url)
        return str(self.cover.storage.url(name.replace("-640.", f"-{width}.")))

    @property
    def share_url(self) -> str:
        """Give a picture of the cover that every program can show: a drawn cover has its PNG beside
        it, under the same name, and of others a JPEG is made."""
        if not self.cover:
            return ""
        jpeg = next(iter(self._made_of_cover.get("jpg", {}).values()), "")
        name = jpeg or (self.cover.name or "").replace(".svg", ".png")
        return str(self.cover.storage.url(name))

    @property
    def cover_srcset(self) -> str:
        """The ``srcset`` of a raster cover; empty for a drawn one."""
        if not self.cover or (self.cover.name or "").endswith(".svg"):
            return ""
        return ", ".join(f"{self.cover_url(width)} {width}w" for width in (160, 320, 640))

    @property
    def cover_avif(self) -> str:
        """The ``srcset`` of the cover as AVIF; empty until it is made (``sites.books.pictures``)."""
        made = self._made_of_cover.get("avif", {})
        return ", ".join(f"{self.cover.storage.url(key)} {width}w" for width, key in made.items())

    @property
    def cover_placeholder(self) -> str:
        """A ``data:`` address of a few pixels to show while the cover loads; or nothing."""
        return str(self._made_of_cover.get("placeholder", ""))

    @property
    def _made_of_cover(self) -> dict[str, Any]:
        """What was made of this cover; what was made of a former one counts no more."""
        made: dict[str, Any] = self.cover_made
        return made if made.get("of") == self.cover.name else {}


class Authorship(models.Model):
    """One name on one cover."""

    class Role(models.TextChoices):
        AUTHOR = "author", _("Author")
        TRANSLATOR = "translator", _("Translator")
        ILLUSTRATOR = "illustrator", _("Illustrator")

    book = models.ForeignKey(
        Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="authorships"
    )
    author = models.ForeignKey(
        Author, verbose_name=_("author"), on_delete=models.PROTECT, related_name="authorships"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.AUTHOR)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("authorship")
        verbose_name_plural = _("authorships")
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("book", "author", "role"), name="books_authorship_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.author} ({self.get_role_display()})"


def cover_names(prefix: str = "") -> models.Prefetch[str]:
    """Give the prefetch that ``Book.author_names`` needs, in one query with the people behind it.

    ``prefix`` leads from the queried model to the book, such as ``"book__"``.
    """
    return models.Prefetch(f"{prefix}authorships", Authorship.objects.select_related("author"))
