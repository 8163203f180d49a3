"""What every list and form of both desks does alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.contrib.admin.options import BaseModelAdmin, IncorrectLookupParameters
from django.db import DataError, models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst

from sites.accounts.models import User
from sites.books.exceptions import BookError
from sites.desk.forms import DeskForm
from sites.desk.paging import FirstPages
from sites.desk.renamed import Renamed
from sites.desk.widgets import OneOf, SomeOf

if TYPE_CHECKING:
    # Unfold carries no types; its classes are Django's with other templates.
    from django.contrib import admin
    from django.contrib.admin.views.main import ChangeList

    Fields = BaseModelAdmin[Any]
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    from unfold.admin import ModelAdmin, TabularInline
    from unfold.views import ChangeList

    Fields = object

Row = TypeVar("Row", bound=models.Model)

ROWS_OF_A_PAGE = 50  # two screens; at most twelve queries however many there are


def person_of(request: HttpRequest) -> User:
    """Give who asks: inside a desk everybody has an account."""
    assert isinstance(request.user, User)  # noqa: S101 - the site lets nobody else in
    return request.user


class DeskList(ChangeList):
    """A page of a list that counts what was found, and not also everything there is."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        desk: Any = self.model_admin
        self.title = capfirst(str(desk.list_name or self.opts.verbose_name_plural))
        if desk.row_names:
            one, many = desk.row_names
            self.opts: Any = Renamed(self.opts, one=one, many=many)

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except (DataError, ValueError) as error:
            # An address that somebody typed; a link of ours asks for nothing PostgreSQL refuses.
            raise IncorrectLookupParameters(error) from error
        self.full_result_count = self.result_count  # nothing to say beside the number found


class LongLists(Fields):
    """Fields that choose from long lists ask for a few rows at a time, and offer nothing beside."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = OneOf(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = SomeOf(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and hasattr(field.widget, "can_add_related"):
            for offer in ("add", "change", "delete", "view"):
                setattr(field.widget, f"can_{offer}_related", False)
        return field


class DeskAdmin(LongLists, ModelAdmin):
    """A list and a form whose saves are actions.

    What is hidden from a person is missing for them (404). Where an action refuses
    (``BookError``), the form comes back as it was typed, with the refusal's sentence.
    """

    form = DeskForm

    list_per_page = ROWS_OF_A_PAGE
    list_max_show_all = ROWS_OF_A_PAGE
    show_full_result_count = False
    paginator = FirstPages
    #: Is it found by name on the search page? Not where there are too many to look through.
    in_search = True
    #: What the sidebar calls the list, where the model's own name is a programmer's.
    list_name: Any = None
    #: One row and several, where the model's own names are a programmer's.
    row_names: tuple[Any, Any] | None = None
    #: Questions that links of the desks put in the address, beside those of ``list_filter``.
    linked_by: tuple[str, ...] = ()
    compressed_fields = False
    warn_unsaved_form = True
    # Nothing is done to many rows at once: what is deleted is looked at first.
    actions = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return DeskList

    def lookup_allowed(  # type: ignore[override]  # always asked with the request
        self, lookup: str, value: str, request: HttpRequest
    ) -> bool:
        """Let the address ask what the list itself offers to ask, and nothing beside.

        Django allows every question about a model's own columns: ``?password__regex=`` would tell
        a password's hash, letter by letter, to whoever may see the list of accounts.
        """
        if "\x00" in value:
            return False
        return lookup in self.linked_by or lookup in _filter_lookups(self.get_list_filter(request))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if self.list_name:
            named = Renamed(self.opts, one=self.opts.verbose_name, many=self.list_name)
            extra_context = {"opts": named, **(extra_context or {})}
        return super().changelist_view(request, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if "\x00" in search_term:  # PostgreSQL stores none, and does not look for one
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        if found is None:
            raise Http404
        if self.list_name:
            one, _many = self.row_names or (self.opts.verbose_name, None)
            found._meta = Renamed(self.opts, one=one, many=self.list_name)
        return found

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().changeform_view(request, *args, **kwargs)
        except BookError as refusal:
            # The transaction is undone: check the form once more, with the refusal as its fault.
            request.refusal = refusal  # type: ignore[attr-defined]
            answer = super().changeform_view(request, *args, **kwargs)
        return answer

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, *args, **kwargs)  # a new class for each request
        form.refusal = getattr(request, "refusal", None)
        return form

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().delete_view(request, *args, **kwargs)
        except BookError as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(request.get_full_path())
        return answer

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has stored what the form holds; only the rows below it are left."""
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def get_deleted_objects(self, objs: Iterable[models.Model], request: HttpRequest) -> Any:
        """Name what goes, and count what goes with it: listing each of a book's revisions would
        take thousands of lines."""
        rows = list(objs)
        counts: dict[str, int] = {}
        for row in rows:
            for label, count in [(row._meta.verbose_name_plural, 1), *self.goes_along(row)]:
                if count:
                    counts[str(label)] = counts.get(str(label), 0) + count
        lacking = set() if self.has_delete_permission(request) else {self.opts.verbose_name}
        protected = [reason for row in rows for reason in self.stands_in_the_way(row)]
        return [str(row) for row in rows], counts, lacking, protected

    def goes_along(self, row: Any) -> list[tuple[Any, int]]:
        """Give names and numbers of what is deleted together with a row."""
        return []

    def stands_in_the_way(self, row: Any) -> list[str]:
        """Name what keeps a row from being deleted."""
        return []


def _filter_lookups(list_filter: Iterable[Any]) -> set[str]:
    """Give the questions that the filters ask of these fields.

    They are those of ``django.contrib.admin.filters``: an exact value, the key of a related row,
    and whether there is one; a filter of our own asks by its parameter's name.
    """
    filters = list(list_filter)
    own = {str(vars(entry)["parameter_name"]) for entry in filters if isinstance(entry, type)}
    fields = [entry for entry in filters if not isinstance(entry, type)]
    names = [entry if isinstance(entry, str) else entry[0] for entry in fields]
    endings = ("exact", "id__exact", "isnull")
    return own | {f"{name}__{ending}" for name in names for ending in endings}


class ReadOnly(Fields):
    """To look at: nobody adds, changes or deletes here, superusers included."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DeskTable(LongLists, TabularInline):
    """Rows below a form."""

    extra = 0
    show_change_link = False
