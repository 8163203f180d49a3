"""Close an account and open it again: asked for with a reason, confirmed, and done by an action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.accounts.actions.suspend_person import (
    AlreadySuspended,
    NotSuspended,
    Reason,
    readmit_person,
    suspend_person,
)
from sites.accounts.models import User
from sites.accounts.permissions import require_suspend
from sites.desk.admin import person_of


class SuspensionForm(forms.Form):
    """Why the account is closed: a choice, so that the log holds no sentence about a person."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[("", gettext_lazy("Choose one")), *Reason.choices],
        widget=forms.Select({"class": "desk-field"}),
    )


def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the reason; a form that is sent closes the account. Sent twice it does so once."""
    person, by = _find(request, pk), person_of(request)
    require_suspend(by, person)
    form = SuspensionForm(request.POST if request.method == "POST" else None, label_suffix="")
    if not form.is_valid():
        return _page(request, person, form)
    try:
        reason = Reason(form.cleaned_data["reason"])
        suspend_person(person, reason=reason, by=by, now=timezone.now())
        messages.success(request, _("The account is suspended, and its sessions have ended."))
    except AlreadySuspended as refusal:
        messages.info(request, str(refusal))
    return _back(person)


def readmit(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an account again."""
    person = _find(request, pk)
    if request.method != "POST":
        return _back(person)
    try:
        readmit_person(person, by=person_of(request), now=timezone.now())
        messages.success(request, _("The account is open again."))
    except NotSuspended as refusal:
        messages.info(request, str(refusal))
    return _back(person)


def _find(request: HttpRequest, pk: int) -> User:
    if not person_of(request).has_perm("accounts.view_user"):
        raise PermissionDenied(_("Your role does not let you see people."))
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise Http404
    return person


def _back(person: User) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("internal:accounts_user_change", args=(person.pk,)))


def _page(request: HttpRequest, person: User, form: SuspensionForm) -> HttpResponse:
    from sites.internal.site import site  # which has this view among its addresses

    request.current_app = site.name
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Suspend an account"),
        "person": person,
        "form": form,
    }
    return TemplateResponse(request, "internal/suspend.html", context)
