"""The audit log: searched, read, and never changed."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import reduce
from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.accounts.models import AuditEntry, User
from sites.desk.admin import DeskAdmin, DeskList, ReadOnly
from sites.internal.audit_sentences import SENTENCES, facts, sentence, subject
from sites.row_key import row_key

if TYPE_CHECKING:
    from sites.desk.books import display
else:
    from unfold.decorators import display

LARGEST_KEY = 2**63 - 1  # of PostgreSQL's bigint
_DAY = {"type": "date", "class": "desk-field"}


def _kinds() -> list[tuple[str, str]]:
    """Give the kinds of rows that somebody does something to, by their names."""
    labels = ["accounts", "books", "community"]
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    named = [(model._meta.label_lower, capfirst(str(model._meta.verbose_name))) for model in models]
    return sorted(named, key=lambda kind: kind[1])


class AuditSearch(forms.Form):
    """What is asked of the log; empty fields ask nothing."""

    action = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Done to"), required=False)
    number = forms.CharField(label=gettext_lazy("Its number"), required=False, max_length=40)
    account = forms.IntegerField(
        label=gettext_lazy("By account number"),
        required=False,
        min_value=1,
        max_value=LARGEST_KEY,
        localize=False,
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        anything = [("", _("Anything"))]
        actions = sorted(((name, str(SENTENCES[name])) for name in SENTENCES), key=lambda a: a[1])
        fields: dict[str, Any] = self.fields
        fields["action"].choices = anything + actions
        fields["kind"].choices = anything + _kinds()
        for field in fields.values():
            field.widget.attrs["class"] = "desk-field"

    def narrow(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """Give the entries that answer; none where a field cannot be understood."""
        if not self.is_valid():
            return entries.none()
        asked = self.cleaned_data
        conditions = {
            "action": asked["action"],
            "subject_type": asked["kind"],
            "subject_id": asked["number"],
            "actor": asked["account"],
            "at__gte": asked["since"] and _midnight(asked["since"]),
            "at__lt": asked["until"] and _midnight(asked["until"] + timedelta(days=1)),
        }
        return entries.filter(**{name: value for name, value in conditions.items() if value})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        number, kind = cleaned.get("number"), cleaned.get("kind")
        if number and not kind:
            # A number alone is in no index, and means nothing: every kind counts from 1.
            self.add_error("kind", _("Choose what the number is of."))
        until = cleaned.get("until")
        if until and until.year >= 9999:
            self.add_error("until", _("Choose an earlier day."))
        return cleaned


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


class AuditList(DeskList):
    """A page of the log, which knows its people by name and which rows still exist."""

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        lookups: dict[str, Any] = super().get_filters_params(params)
        for name in AuditSearch.base_fields:
            lookups.pop(name, None)
        return lookups

    def url_for_result(self, result: Any) -> str:
        """An entry says all it knows in its row, and has no page."""
        raise NoReverseMatch

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        entries: list[Any] = list(self.result_list)
        actors = {entry.actor for entry in entries if entry.actor}
        names = User.objects.in_bulk(list(actors)) if actors else {}
        links = _links(self.model_admin.admin_site, request, entries)
        for entry in entries:
            entry.actor_row = names.get(entry.actor)
            entry.link = links.get((entry.subject_type, entry.subject_id), "")
        self.result_list = entries


def _links(site: Any, request: HttpRequest, entries: list[Any]) -> dict[tuple[str, str], str]:
    """Give the addresses of those rows that still exist and that the person may see here; one
    query for all kinds."""
    keys: dict[str, set[int]] = {}
    for entry in entries:
        key = row_key(entry.subject_id)
        if key is not None:
            keys.setdefault(entry.subject_type, set()).add(key)
    pages: dict[str, str] = {}
    found: list[Any] = []
    for label, numbers in keys.items():
        page = _page_of(site, request, label)
        if page:
            pages[label] = page
            rows = apps.get_model(label)._base_manager.filter(pk__in=numbers).order_by()
            found.append(
                rows.annotate(kind=Value(label), key=Cast("pk", CharField())).values_list(
                    "kind", "key"
                )
            )
    if not found:
        return {}
    existing = reduce(lambda one, other: one.union(other, all=True), found)
    return {(kind, key): reverse(pages[kind], args=(key,)) for kind, key in existing}


def _page_of(site: Any, request: HttpRequest, label: str) -> str:
    """Name the page that shows rows of a kind here, or nothing."""
    if label not in {model._meta.label_lower for model in site._registry}:
        return ""
    model = apps.get_model(label)
    if not site._registry[model].has_view_permission(request):
        return ""
    if label == "books.submission":
        return f"{site.name}:approval"
    return f"{site.name}:{label.replace('.', '_')}_change"


class AuditLog(ReadOnly, DeskAdmin):
    """Who did what, when, to which row."""

    list_name = gettext_lazy("Audit log")
    row_names = (gettext_lazy("entry"), gettext_lazy("entries"))
    in_search = False
    list_display = ("at", "actor_shown", "sentence_shown", "subject_shown", "facts_shown")
    list_before_template = "internal/audit_search.html"
    linked_by = tuple(AuditSearch.base_fields)
    ordering = ("-at", "-pk")
    sortable_by = ()

    def get_urls(self) -> list[URLPattern]:
        return []  # the office mounts the list; an entry says all it knows in its row

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[AuditList]:
        return AuditList

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return AuditSearch(request.GET).narrow(super().get_queryset(request))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        context = {"audit_search": AuditSearch(request.GET), **(extra_context or {})}
        return super().changelist_view(request, context)

    @display(description=gettext_lazy("by"))
    def actor_shown(self, entry: Any) -> SafeString | str:
        if entry.actor is None:
            return _("the house itself")
        name = str(entry.actor_row) if entry.actor_row else _("an account that is gone")
        return format_html('{} <span class="desk-number">#{}</span>', name, entry.actor)

    @display(description=gettext_lazy("what"))
    def sentence_shown(self, entry: AuditEntry) -> str:
        return sentence(entry)

    @display(description=gettext_lazy("done to"))
    def subject_shown(self, entry: Any) -> SafeString:
        named = subject(entry)
        if entry.link:
            return format_html('<a class="desk-link" href="{}">{}</a>', entry.link, named)
        return format_html("{}", named)

    @display(description=gettext_lazy("facts"))
    def facts_shown(self, entry: AuditEntry) -> str:
        return facts(entry) or "–"
