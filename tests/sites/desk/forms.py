"""Send a form of a desk back as a browser would."""

from __future__ import annotations

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.test import Client


def form_of(answer: HttpResponse) -> BaseForm:
    form: BaseForm = answer.context["adminform"].form  # type: ignore[attr-defined]
    return form


def fields_of(answer: HttpResponse) -> dict[str, Any]:
    """Give what the browser would send back, untouched."""
    sent: dict[str, Any] = {}
    forms = [form_of(answer)]
    for formset in answer.context["inline_admin_formsets"]:  # type: ignore[attr-defined]
        forms += [formset.formset.management_form, *formset.formset.forms]
    for form in forms:
        for bound in form:
            sent |= _values(bound)
    return sent


def _values(bound: Any) -> dict[str, Any]:
    value = bound.value()
    name = bound.html_name
    if hasattr(bound.field.widget, "widgets"):  # a date and its time
        parts = value if isinstance(value, list) else bound.field.widget.decompress(value)
        return {f"{name}_{n}": part or "" for n, part in enumerate(parts)}
    if value is None or value is False:
        return {}
    if isinstance(value, list | tuple):
        return {name: [getattr(item, "pk", item) for item in value]}
    text = getattr(value, "pk", value)
    return {name: "on" if text is True else "\r\n".join(str(text).splitlines())}


def edit(client: Client, path: str, **changes: Any) -> HttpResponse:
    """Open a form, change some of it, send it; gives the answer to the sending."""
    opened = client.get(path)
    assert opened.status_code == 200, opened.status_code
    return client.post(path, fields_of(opened) | changes)
