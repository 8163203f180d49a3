"""What every template of the house knows."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone

from sites.accounts.models import User
from sites.accounts.reading import ReadingSettings
from sites.community.announced import announced
from sites.community.models import Announcement, Notification
from sites.frames.nobody import FrameRequest
from sites.returning import safe_return
from sites.rooms import may_enter

#: Patterns of the five hosts that take forms and cannot be opened: nobody is led back to one.
POST_ONLY = frozenset(
    {
        "switch_language",
        "sign_out",
        "end_session",
        "end_sessions",
        "keep_place",
        "reading",
        "read_notifications",
        "shelve",
        "follow_book",
        "follow_author",
        "begin_upload",
        "like_comment",
        "delete_comment",
        "report_comment",
        "mute_author",
        "change_highlight",
        "remove_highlight",
        "report_highlight",
        "mute_highlight",
        "write_review",
        "remove_review",
        "vote_review",
        "report_review",
        "mute_review",
    }
)


def reading_of(request: HttpRequest) -> ReadingSettings:
    """Give the reading settings of the account, else of the cookie, else the usual ones."""
    if isinstance(request, FrameRequest):
        return request.reading
    user: User | AnonymousUser | None = getattr(request, "user", None)
    if isinstance(user, User):
        return ReadingSettings.of(user)
    return ReadingSettings.from_cookie(request.COOKIES.get(settings.READING_COOKIE_NAME, ""))


def place_of(request: HttpRequest) -> str:
    """Give the path, with its query, that leads back to what the reader sees now.

    Where only forms are sent to, that is the page on this host that the form stood on, else ``/``.
    """
    if not _takes_forms_alone(request.resolver_match):
        return request.get_full_path()
    referer = urlsplit(safe_return(request, request.headers.get("Referer"), "/"))
    if f"{referer.scheme}://{referer.netloc}" != _origin(request):
        return "/"
    try:
        match = resolve(referer.path, urlconf=getattr(request, "urlconf", None))
    except Resolver404:
        return "/"
    if _takes_forms_alone(match):
        return "/"
    return f"{referer.path}?{referer.query}" if referer.query else referer.path


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _takes_forms_alone(match: ResolverMatch | None) -> bool:
    return match is not None and match.url_name in POST_ONLY


def house(request: HttpRequest) -> dict[str, Any]:
    """Give ``room`` (the host's key), ``reading``, ``environment``, the address to come back to,
    what is announced, and ``unread``, which counts notifications when a template asks.

    Pages of no host, such as 421, have an empty room and no announcements.
    """
    host = getattr(request, "host", None)
    here = place_of(request)
    return {
        "room": host.key if host else "",
        "reading": reading_of(request),
        "environment": settings.ESENSI_ENV,
        "here": here,
        "here_absolute": f"{_origin(request)}{here}" if host else "",
        "announcements": _announced(request, host.key) if host else [],
        "unread": partial(_unread, request),
    }


def _announced(request: HttpRequest, host: str) -> list[Announcement]:
    """What stands on this page. A desk's door shows pages to those whom it does not let in, too."""
    rows = announced(host, timezone.now())
    user = getattr(request, "user", AnonymousUser())
    if any(row.is_for_desks for row in rows) and not may_enter(user, host):
        return [row for row in rows if not row.is_for_desks]
    return rows


def _unread(request: HttpRequest) -> int:
    """How much was this person told that they have not seen? One query."""
    user: User | AnonymousUser | None = getattr(request, "user", None)
    return Notification.objects.to(user).count_unread() if isinstance(user, User) else 0
