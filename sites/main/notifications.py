"""What the house has told a person: a page that works without JavaScript."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from sites.accounts.models import User
from sites.community.actions.read_notifications import read_notifications
from sites.community.sentences import OF_A_PAGE, told_to
from sites.links import host_url
from sites.returning import by_way_of
from sites.row_key import row_key

#: Pages that can be leafed through: half a year of a busy editor.
LAST_PAGE = 50


@require_safe
@never_cache
def notifications(request: HttpRequest) -> HttpResponse:
    """The newest first, what is new marked with the point."""
    if not isinstance(request.user, User):
        return by_way_of("sign_in", host_url("main", "notifications"))
    number = min(row_key(request.GET.get("page", "")) or 1, LAST_PAGE)
    told = told_to(request.user, page=number)
    context = {
        "told": told[:OF_A_PAGE],
        "newest": told[0].id if told else 0,
        "some_new": any(one.is_new for one in told),
        "earlier_page": number - 1,
        "later_page": number + 1 if len(told) > OF_A_PAGE and number < LAST_PAGE else 0,
    }
    return render(request, "main/notifications.html", context)


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark as read what was shown."""
    if not isinstance(request.user, User):
        return by_way_of("sign_in", host_url("main", "notifications"))
    up_to = row_key(request.POST.get("up_to", "")) or 0
    read_notifications(request.user, up_to=up_to, now=timezone.now())
    return HttpResponseRedirect(host_url("main", "notifications"))
