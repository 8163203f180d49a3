"""Books, chapters and their revisions, as both desks show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from sites.books.actions.catalogue import delete_for_good
from sites.books.actions.credit_authors import Credit, credit_authors
from sites.books.actions.save_book import save_book
from sites.books.actions.write_chapter import write_chapter
from sites.books.models import Authorship, Book, Chapter, Revision
from sites.desk.admin import DeskAdmin, DeskTable, ReadOnly, person_of
from sites.desk.forms import BookForm, ChapterForm
from sites.desk.manuscript import for_writing
from sites.desk.moments import SaysTheTimeZone
from sites.desk.widgets import with_nonce

if TYPE_CHECKING:
    from collections.abc import Callable

    def display(**_: Any) -> Callable[[Any], Any]: ...

    Fields = DeskAdmin
else:
    from unfold.decorators import display

    Fields = object

NAMES_ON_A_COVER = 20  # more would not fit on it
#: Unfold's names of label colours, by status.
STATUS_COLOURS = {
    "draft": "info",
    "submitted": "warning",
    "changes_requested": "warning",
    "rejected": "danger",
    "published": "success",
    "withdrawn": "danger",
}


def is_form(request: HttpRequest) -> bool:
    """Is one row asked for, with all that it holds?"""
    match = request.resolver_match
    return bool(match and (match.url_name or "").endswith("_change"))


class HoldsTheRow(Fields):
    """Lock the row while its form is checked and stored, so that a version is compared in peace."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if request.method == "POST" and is_form(request) and connection.in_atomic_block:
            return rows.select_for_update(of=("self",), no_key=True)
        return rows

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out what a row that is not stored yet cannot have, and where nobody writes."""
        hidden = set() if obj else {"version", "cover_shown", "chapters_link", "revisions_link"}
        if not self.has_change_permission(request, obj):
            hidden.add("version")
        return [
            (title, {**facts, "fields": [name for name in facts["fields"] if name not in hidden]})
            for title, facts in super().get_fieldsets(request, obj)
        ]


class AuthorshipForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no argument
    """One name; the author came with the row, and is not asked for again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "author" in self.fields and self.instance.author_id:
            self.fields["author"].widget.widget.loaded = self.instance.author


class AuthorshipTable(DeskTable):
    """The names on the cover."""

    model = Authorship
    form = AuthorshipForm
    fields = ("author", "role", "position")
    autocomplete_fields = ("author",)
    max_num = NAMES_ON_A_COVER
    verbose_name = _("name")
    verbose_name_plural = _("names on the cover")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Authorship]:
        return super().get_queryset(request).select_related("author")


class BookDesk(HoldsTheRow, SaysTheTimeZone, DeskAdmin):
    """A book's facts, its names, its cover to look at, and the way to its chapters."""

    form = BookForm
    inlines = (AuthorshipTable,)
    list_display = ("title", "names", "status_label", "written_at")
    list_filter = ("status", "is_complete", "genres")
    search_fields = ("title", "subtitle", "authors__name")
    ordering = ("-written_at",)
    autocomplete_fields = ("genres", "tags")
    # The status is changed by the steps of the book's way, and not by a form.
    readonly_fields = ("cover_shown", "chapters_link", "status_shown")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "version",
                    "chapters_link",
                    "title",
                    "subtitle",
                    "opening_line",
                    "synopsis",
                )
            },
        ),
        (_("Publication"), {"fields": ("status_shown", "publish_at", "is_complete")}),
        (_("On the shelf"), {"fields": ("genres", "tags", "slug", "cover_shown")}),
        (_("Script"), {"fields": ("language", "direction", "writing_mode")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Book]:
        rows: Any = super().get_queryset(request)
        return rows if is_form(request) else rows.for_cards()  # type: ignore[no-any-return]

    @display(description=_("authors"))
    def names(self, book: Book) -> str:
        return book.author_names

    @display(description=_("status"), ordering="status", label=STATUS_COLOURS)
    def status_label(self, book: Book) -> tuple[str, str]:
        return book.status, book.get_status_display()

    @display(description=_("status"))
    def status_shown(self, book: Book) -> str:
        # Unfold draws its labels in lists alone.
        return book.get_status_display()

    @display(description=_("cover"))
    def cover_shown(self, book: Book) -> SafeString | str:
        if not book.cover:
            return str(_("Drawn from the title when the book is saved."))
        return format_html(
            '<img class="cover" src="{}" width="132" alt="">', book.cover_url(width=160)
        )

    @display(description=_("chapters"))
    def chapters_link(self, book: Book) -> SafeString:
        return format_html(
            '<a class="way" href="{}">{}</a>',
            self.chapters_address(book),
            _("All chapters of this book"),
        )

    def chapters_address(self, book: Book) -> str:
        """Give the page with the chapters of a book."""
        chapters = reverse(f"{self.admin_site.name}:books_chapter_changelist")
        return f"{chapters}?book__id__exact={book.pk}"

    def save_model(self, request: HttpRequest, obj: Book, form: Any, change: bool) -> None:
        chosen = form.cleaned_data
        genres, tags = chosen.get("genres", ()), chosen.get("tags", ())
        save_book(obj, genres=genres, tags=tags, by=person_of(request), now=timezone.now())

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)  # what was changed, for the log; stored by the action below
        if not formset.has_changed():
            return
        rows = [
            row.instance
            for row in formset.forms
            if row.instance.author_id and row not in formset.deleted_forms
        ]
        rows.sort(key=lambda row: row.position)
        credits = [Credit(row.author, row.role) for row in rows]
        credit_authors(form.instance, credits, by=person_of(request), now=timezone.now())

    def delete_model(self, request: HttpRequest, obj: Book) -> None:
        delete_for_good(obj, by=person_of(request), now=timezone.now())

    def goes_along(self, row: Book) -> list[tuple[Any, int]]:
        revisions = Revision.objects.filter(chapter__book=row).count()
        return [
            (Chapter._meta.verbose_name_plural, row.chapters.count()),
            (Revision._meta.verbose_name_plural, revisions),
        ]


class ChapterDesk(HoldsTheRow, SaysTheTimeZone, DeskAdmin):
    """A chapter to write in."""

    form = ChapterForm
    in_search = False
    linked_by = ("book__id__exact",)
    list_display = ("title", "number", "book", "status_label", "words", "updated_at")
    list_filter = ("status",)
    list_select_related = ("book",)
    search_fields = ("title", "book__title")
    ordering = ("-pk",)
    autocomplete_fields = ("book",)
    fieldsets = (
        (None, {"fields": ("version", "book", "title", "text", "revisions_link")}),
        (_("Publication"), {"fields": ("status", "publish_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chapter]:
        rows: Any = super().get_queryset(request).select_related("book")
        return rows if is_form(request) else rows.defer("text")  # type: ignore[no-any-return]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("revisions_link", "book") if obj else ("revisions_link",)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        form.is_plain = "plain" in request.GET
        other = request.GET.copy()
        if other.pop("plain", None) is None:
            other["plain"] = "1"
        form.other_way = f"?{other.urlencode()}"
        return form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        nonce = request.csp_nonce  # type: ignore[attr-defined]  # set by the policy's middleware
        context["media"] = with_nonce(context["media"], nonce)
        return super().render_change_form(request, context, *args, **kwargs)

    @display(description=_("status"), ordering="status", label=STATUS_COLOURS)
    def status_label(self, chapter: Chapter) -> tuple[str, str]:
        return chapter.status, chapter.get_status_display()

    @display(description=_("revisions"))
    def revisions_link(self, chapter: Chapter) -> SafeString:
        return format_html(
            '<a class="way" href="{}">{}</a>',
            self.versions_address(chapter),
            _("Earlier versions of this chapter"),
        )

    def versions_address(self, chapter: Chapter) -> str:
        """Give the page with what a chapter said before."""
        revisions = reverse(f"{self.admin_site.name}:books_revision_changelist")
        return f"{revisions}?chapter__id__exact={chapter.pk}"

    def save_model(self, request: HttpRequest, obj: Chapter, form: Any, change: bool) -> None:
        write_chapter(
            obj, title=obj.title, text=obj.text, by=person_of(request), now=timezone.now()
        )

    def delete_model(self, request: HttpRequest, obj: Chapter) -> None:
        delete_for_good(obj, by=person_of(request), now=timezone.now())

    def goes_along(self, row: Chapter) -> list[tuple[Any, int]]:
        return [(Revision._meta.verbose_name_plural, row.revisions.count())]


class RevisionDesk(ReadOnly, DeskAdmin):
    """What chapters said before, to read and copy from."""

    list_display = ("title", "number", "book_title", "created_at", "created_by")
    list_select_related = ("chapter__book", "created_by")
    linked_by = ("chapter__id__exact",)
    in_search = False
    ordering = ("-pk",)
    fields = ("chapter", "number", "title", "created_at", "created_by", "text_shown")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Revision]:
        rows = super().get_queryset(request).select_related("chapter__book", "created_by")
        rows = rows.defer("chapter__text")
        return rows if is_form(request) else rows.defer("text", "chapter__text")

    @display(description=_("book"))
    def book_title(self, revision: Revision) -> str:
        return revision.chapter.book.title

    @display(description=_("text"))
    def text_shown(self, revision: Revision) -> SafeString:
        book = revision.chapter.book
        return format_html(
            '<textarea class="manuscript" readonly rows="28" dir="{}" lang="{}">{}</textarea>',
            book.direction,
            book.language,
            for_writing(revision.text),
        )
