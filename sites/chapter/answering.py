"""What came of a form: a script, which sends no ``next``, hears it at once, and a browser without
scripts gets a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from sites.accounts.limits import TooManyAttempts
from sites.community.exceptions import CommunityError
from sites.returning import safe_return

#: Characters of each field that are given back: more than any of them takes.
MOST_GIVEN_BACK: Final = 8_000


@dataclass(frozen=True)
class Again:
    """A form with words in it, to be shown anew with all that was typed where it is refused.

    ``form`` is its template, ``context`` what that needs besides ``typed``, the fields as they came.
    """

    form: str
    context: dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """What is answered: ``said`` on the page to which a form leads back, the one that it names or
    else ``usual``; ``told`` gives a script's answer from what was made. A form that is refused comes
    ``again``, or leads back with the reason."""

    said: str
    told: Callable[[Any], HttpResponse]
    usual: str = "/"
    again: Again | None = None


def answer(request: HttpRequest, act: Callable[[], object], answers: Answers) -> HttpResponse:
    """Do it, and say what came of it. A script hears of a refusal in one sentence, with its status."""
    is_form = "next" in request.POST
    try:
        made = act()
    except (CommunityError, TooManyAttempts, PermissionDenied) as refusal:
        if not is_form:
            return _with_reason(refusal, HttpResponse(str(refusal), content_type=_PLAIN))
        if answers.again:
            return _with_reason(refusal, _shown_again(request, answers.again, str(refusal)))
        if isinstance(refusal, PermissionDenied):
            raise
        messages.error(request, str(refusal))
    else:
        if not is_form:
            return answers.told(made)
        if answers.said:
            messages.success(request, answers.said)
    return HttpResponseRedirect(safe_return(request, request.POST["next"], answers.usual))


_PLAIN: Final = "text/plain; charset=utf-8"


def _with_reason(refusal: Exception, response: HttpResponse) -> HttpResponse:
    response.status_code = 400
    if isinstance(refusal, PermissionDenied):
        response.status_code = 403
    elif isinstance(refusal, TooManyAttempts):
        response.status_code = 429
        response["Retry-After"] = str(refusal.refusal.seconds)
    return response


def _shown_again(request: HttpRequest, again: Again, refused: str) -> HttpResponse:
    typed = {name: str(value)[:MOST_GIVEN_BACK] for name, value in request.POST.items()}
    back = safe_return(request, typed.get("next"), "")
    context = {
        "form": again.form,
        "typed": typed,
        "parent": typed.get("parent") or None,
        "refused": refused,
        "back": back,
    }
    return render(request, "chapter/again.html", again.context | context)
