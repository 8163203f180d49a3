"""Count what is sent to the one door, before anything is looked up or hashed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from sites.accounts import limits
from sites.accounts.models import User
from sites.auth.known_browsers import remember_browser
from sites.auth.limited import rules_for
from sites.errors import too_many_attempts

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
_KEPT = "_attempts"


@dataclass
class Counted:
    """What a request was counted under, and who sent it."""

    stranger: bool
    to_give_back: list[str] = field(default_factory=list)


class AttemptsMiddleware:
    """Refuse (429) what comes too often, by the rules of ``sites.auth.limited``.

    The refusal is the same for right and wrong passwords, for accounts that exist and that do not: it
    is given before the view. A form that was accepted answers with a redirect, one that was not comes
    back with 200: by that the rules for failures alone give an attempt back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        counted: Counted | None = getattr(request, _KEPT, None)
        if counted and 300 <= response.status_code < 400:
            now = timezone.now()
            for key in counted.to_give_back:
                limits.give_back(key, now)
            if counted.stranger and isinstance(request.user, User):
                remember_browser(request, response, request.user.email)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> Any:
        host = getattr(request, "host", None)
        if host is None or host.key != "auth" or request.method in _SAFE:
            return None
        counted = Counted(stranger=not isinstance(request.user, User))
        setattr(request, _KEPT, counted)
        match = request.resolver_match
        now = timezone.now()
        for rule in rules_for(match.url_name if match else None):
            who = rule.who(request)
            if who is None:
                continue
            key = f"{rule.name}: {who}"
            refusal = limits.take(key, rule.limit, rule.window, now)
            if refusal:
                return too_many_attempts(request, refusal)
            if rule.failures_only:
                counted.to_give_back.append(key)
        return None
