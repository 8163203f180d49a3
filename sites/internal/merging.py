"""Merge authors, genres and tags: choose, look at how many books move, confirm."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sites.books.actions.merge_authors import books_of_authors, merge_authors
from sites.books.actions.merge_entries import MOST_MERGED
from sites.books.actions.merge_genres import books_of_genres, merge_genres
from sites.books.actions.merge_tags import books_of_tags, merge_tags
from sites.books.exceptions import BookError
from sites.books.models import Author, Authorship, Book, Genre, Tag
from sites.desk.admin import person_of
from sites.desk.widgets import OneOf, SomeOf


@dataclass(frozen=True)
class Kind:
    """One kind of entry: how it is merged, counted, and chosen (by the field of a model that
    points at it, which the desk's lists to choose from go by)."""

    model: type[Author] | type[Genre] | type[Tag]
    merge: Callable[..., int]
    books_of: Callable[[Iterable[int]], Any]
    field: Any


KINDS = {
    "author": Kind(Author, merge_authors, books_of_authors, Authorship._meta.get_field("author")),
    "genre": Kind(Genre, merge_genres, books_of_genres, Book._meta.get_field("genres")),
    "tag": Kind(Tag, merge_tags, books_of_tags, Book._meta.get_field("tags")),
}


class MergeForm(forms.Form):
    """Which entries go into which."""

    into = forms.ModelChoiceField(Author.objects.none(), label=gettext_lazy("This one stays"))
    others = forms.ModelMultipleChoiceField(
        Author.objects.none(), label=gettext_lazy("These go into it")
    )

    def __init__(self, *args: Any, kind: Kind, site: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        fields: dict[str, Any] = self.fields
        for name, widget in (("into", OneOf), ("others", SomeOf)):
            fields[name].widget = widget(kind.field, site)
            fields[name].queryset = kind.model._default_manager.all()
            fields[name].widget.choices = fields[name].choices

    def clean_others(self) -> list[Any]:
        others = self.cleaned_data["others"]
        if len(others) > MOST_MERGED:
            raise forms.ValidationError(
                _("At most %(most)d are merged at once. Choose fewer.") % {"most": MOST_MERGED}
            )
        return list(others)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        into, others = cleaned.get("into"), cleaned.get("others")
        if into and others and into in others:
            self.add_error("others", _("What stays cannot also go. Choose others."))
        return cleaned


def merge(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the choice, then what would move; a form that is sent merges."""
    chosen = KINDS[kind]
    desk = _desk(chosen)
    if not desk.has_delete_permission(request):
        raise PermissionDenied(_("Your role does not let you merge these."))
    if request.method == "POST":
        return _merge(request, kind)
    asked = "into" in request.GET or "others" in request.GET
    form = _form(chosen, request.GET if asked else None)
    return _page(request, kind, form)


def _merge(request: HttpRequest, kind: str) -> HttpResponse:
    chosen = KINDS[kind]
    form = _form(chosen, request.POST)
    if not form.is_valid():
        return _page(request, kind, form)
    into, others = form.cleaned_data["into"], form.cleaned_data["others"]
    try:
        moved = chosen.merge(into, others, by=person_of(request), now=timezone.now())
    except BookError as refusal:
        form.add_error(None, str(refusal))
        return _page(request, kind, form)
    said = ngettext("Merged; %(count)d book moved.", "Merged; %(count)d books moved.", moved)
    messages.success(request, said % {"count": moved})
    return HttpResponseRedirect(reverse(f"internal:books_{kind}_change", args=(into.pk,)))


def _form(kind: Kind, data: Any) -> MergeForm:
    return MergeForm(data, kind=kind, site=_desk(kind).admin_site)


def _desk(kind: Kind) -> Any:
    from sites.internal.site import site  # which has this view among its addresses

    return site._registry[kind.model]


def _page(request: HttpRequest, kind: str, form: MergeForm) -> HttpResponse:
    desk = _desk(KINDS[kind])
    ready = form.is_bound and form.is_valid()
    preview = _preview(KINDS[kind], form.cleaned_data["others"]) if ready else None
    request.current_app = desk.admin_site.name
    names = {"author": _("Merge authors"), "genre": _("Merge genres"), "tag": _("Merge tags")}
    context = {
        **desk.admin_site.each_context(request),
        "title": names[kind],
        "form": form,
        "media": desk.media + form.media,
        "preview": preview,
        "into": form.cleaned_data["into"] if ready else None,
        "list": reverse(f"internal:books_{kind}_changelist"),
    }
    return TemplateResponse(request, "internal/merge.html", context)


def _preview(kind: Kind, others: list[Any]) -> dict[str, Any]:
    """Count the books that move, each once, in one query."""
    books = kind.books_of([other.pk for other in others])
    return {"others": others, "books": books.distinct().count()}
