"""Where one is signed in, and how to be so no longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from sites.accounts.actions import end_session, end_sessions
from sites.accounts.models import Session, User
from sites.auth.browsers import browser_name

#: Sessions that are listed, newest first: more than anybody has browsers. All of them can be ended.
LISTED = 50


@dataclass(frozen=True)
class Listed:
    """A session as its owner sees it; ``browser`` may be unknown."""

    number: int
    browser: str
    since: datetime
    is_this: bool


def sessions_of(user: User, *, this: str | None, now: datetime) -> list[Listed]:
    """Give a person's sessions that are alive, newest first; ``this`` is the key of the one that
    asks. Two queries."""
    from allauth.usersessions.models import UserSession  # models are not loaded before the apps

    alive = Session.objects.filter(user=user, expire_date__gt=now).values("session_key")
    rows = UserSession.objects.filter(user_id=user.pk, session_key__in=alive)
    return [
        Listed(row.pk, browser_name(row.user_agent), row.created_at, row.session_key == this)
        for row in rows.order_by("-created_at")[:LISTED]
    ]


@never_cache
@require_safe
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """The list, this session marked."""
    listed = sessions_of(_person(request), this=request.session.session_key, now=timezone.now())
    return render(request, "auth/sessions.html", {"sessions": listed})


@never_cache
@require_POST
@login_required
def end_one(request: HttpRequest, number: int) -> HttpResponse:
    """End one session; whoever ends the one they are in is signed out."""
    ended = end_session(_person(request), number)
    if ended is None:
        raise Http404
    if ended == request.session.session_key:
        return _leave(request, _("This session has ended."))
    messages.success(request, _("The session has ended."))
    return HttpResponseRedirect(reverse("sessions"))


@never_cache
@require_POST
@login_required
def end_all(request: HttpRequest) -> HttpResponse:
    """End all sessions, in all browsers and on all five hosts; or, where the form says so, all but
    this one."""
    if request.POST.get("keep") == "this":
        end_sessions(_person(request), keep=request.session.session_key)
        messages.success(request, _("Your other sessions have ended."))
        return HttpResponseRedirect(reverse("sessions"))
    end_sessions(_person(request))
    return _leave(request, _("All your sessions have ended."))


def _person(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def _leave(request: HttpRequest, sentence: str) -> HttpResponse:
    logout(request)
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("sign_in"))
