"""The list of submissions: what waits, the oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.books.models import Submission
from sites.books.models.book import cover_names
from sites.desk.admin import DeskAdmin, DeskList, ReadOnly, person_of
from sites.internal.ages import age_in_words
from sites.internal.permissions import reads_submissions

if TYPE_CHECKING:
    from sites.desk.books import display
else:
    from unfold.decorators import display

#: Unfold's names of label colours, by outcome.
OUTCOME_COLOURS = {
    "": "warning",
    "approved": "success",
    "changes_requested": "info",
    "rejected": "danger",
    "taken_back": "default",
}


class WhoseTurn(SimpleListFilter):
    """What waits is shown unless something else is asked for."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("mine", gettext_lazy("Waiting, looked after by me")),
            ("nobodys", gettext_lazy("Waiting, looked after by nobody")),
            ("decided", gettext_lazy("Decided")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "decided":
            return queryset.exclude(outcome="")
        waiting = queryset.filter(outcome="")
        if self.value() == "mine":
            return waiting.filter(owner=person_of(request))
        return waiting.filter(owner=None) if self.value() == "nobodys" else waiting

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            if choice["query_string"] == changelist.get_query_string(remove=[self.parameter_name]):
                choice["display"] = _("Waiting")
            yield choice


class ApprovalList(DeskList):
    """Rows lead to the page on which they are read and decided."""

    def url_for_result(self, result: Any) -> str:
        return reverse("internal:approval", args=(result.pk,))


class Approvals(ReadOnly, DeskAdmin):
    """What authors have submitted."""

    list_name = gettext_lazy("Approvals")
    in_search = False
    list_display = ("book_shown", "names", "number", "age", "owner_shown", "outcome_label")
    list_display_links = ("book_shown",)
    list_filter = (WhoseTurn,)
    list_before_template = "internal/approvals_live.html"
    list_select_related = ("book", "owner")
    search_fields = ("book__title",)
    search_help_text = gettext_lazy("By the book's title")
    sortable_by = ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return reads_submissions(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return reads_submissions(request.user)

    def get_urls(self) -> list[URLPattern]:
        return []  # the office mounts the list where its pages are

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ApprovalList]:
        return ApprovalList

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        if request.GET.get(WhoseTurn.parameter_name) == "decided":
            return ("-decided_at", "-pk")
        return ("submitted_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        rows = super().get_queryset(request).select_related("book", "owner")
        return rows.defer("book__synopsis").prefetch_related(cover_names("book__"))

    @display(description=gettext_lazy("book"))
    def book_shown(self, submission: Submission) -> SafeString:
        book = submission.book
        picture = (
            format_html('<img src="{}" width="36" alt="">', book.cover_url(width=160))
            if book.cover
            else ""
        )
        return format_html(
            '<span class="desk-row-book">{}<span lang="{}" dir="auto">{}</span></span>',
            picture,
            book.language,
            book.title,
        )

    @display(description=gettext_lazy("authors"))
    def names(self, submission: Submission) -> str:
        return submission.book.author_names

    @display(description=gettext_lazy("waiting"))
    def age(self, submission: Submission) -> str:
        return age_in_words(submission, timezone.now())

    @display(description=gettext_lazy("looked after by"))
    def owner_shown(self, submission: Submission) -> str:
        return str(submission.owner) if submission.owner else _("nobody yet")

    @display(description=gettext_lazy("outcome"), label=OUTCOME_COLOURS)
    def outcome_label(self, submission: Submission) -> tuple[str, str]:
        return submission.outcome, str(submission.get_outcome_display())
