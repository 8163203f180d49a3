"""The interface's language: one address per page, the choice in a cookie, else the browser's."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST

from sites.accounts.actions import set_language
from sites.accounts.models import User
from sites.cookies import remember
from sites.returning import safe_return


class LanguageMiddleware(LocaleMiddleware):
    """Django's choice by cookie and ``Accept-Language``; caches are told of both."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response = super().process_response(request, response)
        patch_vary_headers(response, ("Cookie",))
        return response


@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Keep the language in a cookie of all five hosts, and with the account if there is one."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(safe_return(request, request.POST.get("next")))
    if language in dict(settings.LANGUAGES):
        keep_language(response, language)
        user: User | AnonymousUser = request.user
        if isinstance(user, User):
            set_language(user, language)
    return response


def keep_language(response: HttpResponse, language: str) -> None:
    """Write the language cookie."""
    remember(response, settings.LANGUAGE_COOKIE_NAME, language)
