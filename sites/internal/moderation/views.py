"""The moderators' page, and the forms on its cards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http import HttpResponseRedirect as Redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sites.community.actions.decide_report import decide_report, restore
from sites.community.exceptions import CommunityError
from sites.community.models import Report, ReportState
from sites.community.models.report import LONGEST_REMARK
from sites.community.permissions import require_moderator
from sites.desk.admin import person_of
from sites.internal.moderation import queue
from sites.row_key import row_key

#: Characters of a reason that are given back: more than it may have.
MOST_GIVEN_BACK: Final = 8_000


def moderation(request: HttpRequest) -> HttpResponse:
    """Show what waits, or with ``?state=decided`` what was decided."""
    user, now = require_moderator(person_of(request)), timezone.now()
    page = min(row_key(request.GET.get("page", "")) or 1, queue.LAST_PAGE)
    state = "decided" if request.GET.get("state") == "decided" else ""
    read = queue.decided if state else queue.waiting
    return _page(
        request,
        {
            "title": _("Reports"),
            "cards": read(user, now, page=page),
            "state": state,
            "longest": LONGEST_REMARK,
            "earlier_page": page - 1,
            "later_page": page + 1 if queue.has_more(page=page, state=state) else 0,
        },
    )


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a moderator's answer: ``answer`` is "hide" or "keep"."""

    def act(report: Report) -> str:
        uphold = request.POST.get("answer") == "hide"
        why = request.POST.get("why", "")
        by, now = person_of(request), timezone.now()
        decide_report(report, uphold=uphold, why=why, by=by, now=now)
        return _("It is hidden, and everybody concerned is told.") if uphold else _("It stays.")

    return _do(request, pk, act, valid=request.POST.get("answer") in ("hide", "keep"))


def show_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Show again what was hidden by mistake."""

    def act(report: Report) -> str:
        about = report.about
        if about is not None:
            by, now = person_of(request), timezone.now()
            restore(about, why=request.POST.get("why", ""), by=by, now=now)
        return _("Readers see it again.")

    return _do(request, pk, act)


def _do(
    request: HttpRequest, pk: int, act: Callable[[Report], str], *, valid: bool = True
) -> HttpResponse:
    require_moderator(person_of(request))
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    report = Report.objects.filter(pk=pk).first()
    if report is None:
        raise Http404
    if not valid:
        return _refused(request, report, _("Choose whether it is hidden or stays."))
    try:
        messages.success(request, act(report))
    except CommunityError as refusal:
        return _refused(request, report, str(refusal))
    return Redirect(reverse("internal:community_report_changelist"))


def _refused(request: HttpRequest, report: Report, why_not: str) -> HttpResponse:
    """Show the card alone, with what was typed and why it was refused."""
    messages.error(request, why_not)
    report.refresh_from_db(fields=["state"])
    return _page(
        request,
        {
            "title": _("Reports"),
            "cards": queue.about_the_same(report, person_of(request), timezone.now()),
            "state": "" if report.state == ReportState.OPEN else "decided",
            "longest": LONGEST_REMARK,
            "typed": request.POST.get("why", "")[:MOST_GIVEN_BACK],
        },
        status=400,
    )


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    from sites.internal.site import site  # which has these views among its addresses

    request.current_app = site.name
    known = {**site.each_context(request), **context}
    return TemplateResponse(request, "internal/moderation.html", known, status=status)
