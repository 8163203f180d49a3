"""Books and what they are filed by, as the office edits them: what exists, and nothing new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import URLPattern, path

from sites.desk.books import BookDesk, ChapterDesk, RevisionDesk
from sites.desk.catalogue import AuthorDesk, GenreDesk, TagDesk
from sites.internal import merging
from sites.internal.permissions import runs_the_house, works_in_back_office

if TYPE_CHECKING:
    from sites.desk.admin import DeskAdmin as Fields
else:
    Fields = object


class BackOffice(Fields):
    """A list for the back office: roles from elsewhere, such as an editor's, do not open it."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return works_in_back_office(request.user) and super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return works_in_back_office(request.user) and super().has_view_permission(request)


class OfficeRules(BackOffice):
    """Who does not run the house looks, and changes nothing."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_the_house(request.user) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_the_house(request.user) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_the_house(request.user) and super().has_delete_permission(request, obj)


class EditsWhatExists(OfficeRules):
    """Books and chapters begin at the writing desk."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AllBooks(EditsWhatExists, BookDesk):
    pass


class AllChapters(EditsWhatExists, ChapterDesk):
    pass


class AllRevisions(BackOffice, RevisionDesk):
    pass


class Mergeable(OfficeRules):
    """Entries of which several may turn out to be one; who may delete them merges them."""

    list_before_template = "internal/merge_way.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"may_merge": self.has_delete_permission(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        kind = str(self.opts.model_name)
        view = self.admin_site.admin_view(merging.merge)
        page = path("merge/", view, {"kind": kind}, name=f"books_{kind}_merge")
        return [page, *super().get_urls()]


class Authors(Mergeable, AuthorDesk):
    """With the account behind the name, which gives it rights on books."""

    list_display = ["name", "slug", "user"]
    list_select_related = ("user",)
    fields = ["name", "slug", "bio", "user"]
    autocomplete_fields = ("user",)


class Genres(Mergeable, GenreDesk):
    pass


class Tags(Mergeable, TagDesk):
    pass
