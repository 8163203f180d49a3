"""The operations page, the list of connections, and the forms on both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from realtime.models import Connection, Instance
from sites.accounts.models import User
from sites.books.exceptions import BookError
from sites.desk.admin import person_of
from sites.internal.operations.actions import drain_instance, end_connection, serve_again
from sites.internal.operations.figures import now_as_json
from sites.row_key import row_key

#: Connections on one page, and pages that can be leafed through: an instance holds 5,000.
OF_A_PAGE: Final = 50
LAST_PAGE: Final = 100


@dataclass(frozen=True)
class Figure:
    """One live figure: ``key`` is the report's field, ``unit`` stands behind the number."""

    key: str
    title: str
    unit: str
    value: float | int | None


def operations(request: HttpRequest) -> HttpResponse:
    """Show how the house runs; the page goes on by itself where scripts run."""
    user = _operator(request)
    report = now_as_json()
    context = {
        "title": _("Operations"),
        "report": report,
        "at": parse_datetime(report["at"]),
        "figures": _figures(report),
        "words": state_words(),
        "may_change": user.has_perm("realtime.change_instance"),
    }
    return _page(request, "internal/operations.html", context)


def connections(request: HttpRequest) -> HttpResponse:
    """List who is connected, the newest first: all, or those of one instance or one account."""
    user = _operator(request)
    rows = Connection.objects.order_by("-opened_at", "pk")
    instance, account = _uuid(request.GET.get("instance")), row_key(request.GET.get("account", ""))
    if instance:
        rows = rows.filter(instance=instance)
    if account is not None:
        rows = rows.filter(user_id=account)
    number = min(row_key(request.GET.get("page", "")) or 1, LAST_PAGE)
    start = (number - 1) * OF_A_PAGE
    found = list(rows[start : start + OF_A_PAGE + 1])
    query = {"instance": instance.hex if instance else "", "account": account or ""}
    context = {
        "title": _("Connections"),
        "found": _with_names(found[:OF_A_PAGE]),
        "instances": Instance.objects.order_by("started_at", "pk"),
        "asked": query,
        "earlier_page": number - 1,
        "later_page": number + 1 if len(found) > OF_A_PAGE and number < LAST_PAGE else 0,
        "may_change": user.has_perm("realtime.change_instance"),
        "may_see_people": user.has_perm("accounts.view_user"),
    }
    return _page(request, "internal/connections.html", context)


def drain(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have an instance be empty."""
    return _do(request, drain_instance, pk, _("Its sockets go to the others within seconds."))


def serve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have an instance take sockets again."""
    return _do(request, serve_again, pk, _("The instance takes sockets again."))


def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one connection."""
    return _do(request, end_connection, pk, _("The connection is ended."), "connections")


def state_words() -> dict[str, str]:
    """Give the words for the states of instances."""
    return {
        "serving": _("serving"),
        "draining": _("sends its sockets elsewhere"),
        "silent": _("silent"),
    }


def _figures(report: dict[str, Any]) -> list[Figure]:
    rows = (
        ("sockets", _("Sockets"), ""),
        ("people", _("People"), ""),
        ("publishes", _("Events told"), _("per second")),
        ("deliveries", _("Deliveries"), _("per second")),
        ("lag", _("From commit to page"), _("ms")),
        ("drops", _("Too slow to read"), ""),
        ("waiting", _("Jobs that wait"), ""),
        ("serving", _("Instances"), ""),
    )
    return [Figure(key, title, unit, report[key]) for key, title, unit in rows]


def _with_names(found: list[Connection]) -> list[dict[str, Any]]:
    keys = {row.user_id for row in found if row.user_id}
    people = User.objects.in_bulk(list(keys)) if keys else {}
    return [{"row": row, "person": people.get(row.user_id or 0)} for row in found]


def _do(
    request: HttpRequest,
    act: Callable[..., object],
    pk: UUID,
    done: str,
    back: str = "realtime_instance_changelist",
) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    now: datetime = timezone.now()
    try:
        act(pk, by=person_of(request), now=now)
    except BookError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return HttpResponseRedirect(reverse(f"internal:{back}"))


def _operator(request: HttpRequest) -> User:
    user = person_of(request)
    if not user.has_perm("realtime.view_instance"):
        raise PermissionDenied(_("Only operators see how the house runs."))
    return user


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(hex=text) if text and len(text) <= 36 and text.isascii() else None
    except ValueError:
        return None


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    from sites.internal.site import site  # which has these views among its addresses

    request.current_app = site.name
    return TemplateResponse(request, template, {**site.each_context(request), **context})
