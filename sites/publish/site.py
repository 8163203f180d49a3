"""The writing desk: one's own books and chapters; for editors all of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User
from sites.books.models import Author, Authorship, Book, Chapter, Genre, Revision, Tag
from sites.books.permissions import is_editor
from sites.desk.admin import person_of
from sites.desk.books import BookDesk, ChapterDesk, RevisionDesk, display
from sites.desk.catalogue import AuthorDesk, GenreDesk, TagDesk
from sites.desk.navigation import Group
from sites.desk.site import DeskSite
from sites.publish.continue_writing import books_of, continue_writing
from sites.publish.dashboard import dashboard
from sites.publish.dashboard_charts import charts
from sites.publish.new_chapter import after_adding, new_writing_of, waiting_for
from sites.publish.pages import desk_pages
from sites.publish.whose_page import AnothersForm, require_own_page
from sites.publish.writing_page import after_storing, both_of_refused, writing_of


class WritingDesk(DeskSite):
    settings_name = "UNFOLD_PUBLISH"
    first_screen = "publish/continue_writing.html"
    refusal = _("The writing desk is for authors and editors. Become an author to enter it.")
    groups = (
        Group(
            _("Manuscripts"),
            (("books.Book", "book_2"), ("books.Chapter", "article"), ("books.Revision", "history")),
        ),
        Group(
            _("Catalogue"),
            (("books.Author", "person_edit"), ("books.Genre", "shelves"), ("books.Tag", "sell")),
        ),
    )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [*desk_pages(self), *super().get_urls()]

    def refuse(self, request: HttpRequest) -> HttpResponse:
        """Lead somebody without a role to the page on which they become an author."""
        if isinstance(request.user, User) and request.method in ("GET", "HEAD"):
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('join')}?{query}")
        return super().refuse(request)

    def first_screen_context(self, request: HttpRequest) -> dict[str, Any]:
        user = person_of(request)
        books = continue_writing(user)
        numbers = dashboard(user, chosen=request.GET.get("book", ""), now=timezone.now())
        return {
            "title": _("Continue writing"),
            "latest": books[:1],
            "others": books[1:],
            "new_drafts": waiting_for(user),
            "numbers": numbers,
            **charts(numbers),
        }


def _on_whose_cover(user: User) -> QuerySet[Authorship, int]:
    """Give the keys of a person's books as one small query, which PostgreSQL asks once however
    many chapters there are."""
    return Authorship.objects.filter(author__user=user).order_by().values_list("book", flat=True)


class OwnBooks(BookDesk):
    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "way_link")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A stored book leads on to its names and to the next step of its way."""
        (title, facts), *others = super().get_fieldsets(request, obj)
        fields = [name for name in facts["fields"] if name != "way_link"]
        if obj:
            fields.insert(fields.index("title") if "title" in fields else 0, "way_link")
        return [(title, {**facts, "fields": fields}), *others]

    @display(description=_("way to readers"))
    def way_link(self, book: Book) -> SafeString:
        ways = (
            ("submission", _("On its way")),
            ("names", _("Names on the cover")),
            ("cover", _("Cover")),
            ("export", _("Export as EPUB")),
        )
        return format_html_join(
            " ",
            '<a class="way" href="{}">{}</a>',
            ((reverse(f"publish:{name}", args=(book.pk,)), label) for name, label in ways),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Book]:
        rows: Any = super().get_queryset(request)
        user = person_of(request)
        return rows if is_editor(user) else rows.of_user(user)  # type: ignore[no-any-return]

    def chapters_address(self, book: Book) -> str:
        return reverse(f"{self.admin_site.name}:chapters", args=(book.pk,))


class OwnChapters(ChapterDesk):
    change_form_before_template = "publish/writing.html"
    change_form_outer_after_template = "publish/writing_after.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Chapter]:
        rows = super().get_queryset(request)
        user = person_of(request)
        return rows if is_editor(user) else rows.filter(book__in=_on_whose_cover(user))

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        obj = args[0] if args else None
        found: Any = request
        if obj is not None:
            found.writing = writing_of(request, obj, self.admin_site.name)
            form.draft = found.writing.shown
        else:
            found.new_writing = new_writing_of(request, self.admin_site.name)
            form.draft = found.new_writing.shown
        return form

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["writing"] = writing = getattr(request, "writing", None)
        if writing is not None and writing.refused:
            writing.both = both_of_refused(request, context["adminform"].form)
        context["new_writing"] = getattr(request, "new_writing", None)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Chapter, form: Any, change: bool) -> None:
        require_own_page(request, AnothersForm)
        super().save_model(request, obj, form, change)
        if change:
            after_storing(request, obj)
        else:
            after_adding(request, obj)

    def versions_address(self, chapter: Chapter) -> str:
        return reverse(f"{self.admin_site.name}:versions", args=(chapter.pk,))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "book":
            kwargs["queryset"] = books_of(person_of(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class OwnRevisions(RevisionDesk):
    def get_queryset(self, request: HttpRequest) -> QuerySet[Revision]:
        rows = super().get_queryset(request)
        user = person_of(request)
        return rows if is_editor(user) else rows.filter(chapter__book__in=_on_whose_cover(user))


site = WritingDesk("publish")
site.register(Book, OwnBooks)
site.register(Chapter, OwnChapters)
site.register(Revision, OwnRevisions)
site.register(Author, AuthorDesk)
site.register(Genre, GenreDesk)
site.register(Tag, TagDesk)
