"""What the house holds about one: to look at, to take along, and to erase."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sites.accounts import personal_data
from sites.accounts.actions.erase_person import LastSuperuser, erase_person_forever
from sites.accounts.models import User
from sites.accounts.personal_data import Wishes


class EraseForm(forms.Form):
    """What stays on covers, and the one box that cannot be ticked by accident."""

    nameless = forms.BooleanField(
        label=_("Take my name off my books as well"),
        required=False,
        help_text=_("They stay on the shelves as the work of an unnamed author."),
    )
    sure = forms.BooleanField(
        label=_("Erase my account; I know that nobody can bring it back"),
        error_messages={"required": _("Tick this box if you are sure.")},
    )

    def __init__(self, *args: Any, author: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        if not author:
            del self.fields["nameless"]


@never_cache
@login_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Say what there is, and where to go on."""
    return render(request, "auth/data.html")


@never_cache
@login_required
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth carries no types
def data_export(request: HttpRequest) -> HttpResponse:
    """Give everything held about the person as a file: JSON for programs, HTML to read."""
    found = personal_data.export(_person(request))
    name = f"esensi-{timezone.localdate():%Y-%m-%d}"
    if request.POST.get("format") == "html":
        text, kind = _readable(found), "text/html; charset=utf-8"
        name += ".html"
    else:
        text = json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        kind = "application/json"
        name += ".json"
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth carries no types
def data_erase(request: HttpRequest) -> HttpResponse:
    """Say what goes and what stays; with the box ticked, erase."""
    person = _person(request)
    author = hasattr(person, "author")
    form = EraseForm(request.POST if request.method == "POST" else None, author=author)
    if form.is_valid():
        wishes = Wishes(nameless=form.cleaned_data.get("nameless", False))
        try:
            erase_person_forever(person, wishes=wishes, by=person, now=timezone.now())
        except LastSuperuser as refusal:
            form.add_error(None, str(refusal))
        else:
            logout(request)
            return HttpResponseRedirect(reverse("data_erased"))
    return render(request, "auth/data_erase.html", {"form": form, "author": author})


@require_safe
def data_erased(request: HttpRequest) -> HttpResponse:
    """The last page of an account; it says nothing about anybody."""
    return render(request, "auth/data_erased.html")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - login_required lets nobody else in
    return request.user


def _readable(found: dict[str, Any]) -> str:
    """Draw an export as one page that needs nothing else: sections of records, records of facts."""
    sections = [
        {"title": part.label, "records": [_facts(record) for record in _records(found[part.key])]}
        for part in personal_data.parts()
    ]
    return render_to_string("auth/data_file.html", {"sections": sections, "made": timezone.now()})


def _records(held: Any) -> list[dict[str, Any]]:
    return held if isinstance(held, list) else [held] if held else []


def _facts(record: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (key.replace("__", " ").replace("_", " "), _plain(value)) for key, value in record.items()
    ]


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) or "–"
    return "–" if value is None or value == "" else str(value)
