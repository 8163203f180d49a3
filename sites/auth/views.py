"""Sign out, and the account: one door for all five hosts."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from sites.accounts.actions import set_language, set_reading
from sites.accounts.models import User
from sites.accounts.reading import ReadingSettings
from sites.auth.forms import AccountForm
from sites.auth.keys import keys_of
from sites.auth.role_names import role_names
from sites.auth.sessions import sessions_of
from sites.language import keep_language
from sites.links import host_url
from sites.returning import safe_return


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session on all five hosts."""
    logout(request)
    target = safe_return(request, request.POST.get("next"), usual=host_url("main", "home"))
    return HttpResponseRedirect(target)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Who one is, which rooms are open, and how the house looks to one."""
    user = request.user
    if not isinstance(user, User):
        return HttpResponseRedirect(host_url("auth", "sign_in") + "?next=/")
    form = AccountForm(request.POST if request.method == "POST" else None, initial=_initial(user))
    if form.is_valid():
        return _save(request, user, form)
    roles = role_names(user)
    context = {
        "form": form,
        "roles": roles,
        "keys": keys_of(user),
        "sessions": sessions_of(user, this=request.session.session_key, now=timezone.now()),
    }
    return render(request, "auth/account.html", context)


def _initial(user: User) -> dict[str, object]:
    return {"language": user.language, **ReadingSettings.of(user).__dict__}


def _save(request: HttpRequest, user: User, form: AccountForm) -> HttpResponse:
    set_reading(user, form.reading())
    language = form.cleaned_data["language"]
    set_language(user, language)
    response = HttpResponseRedirect("/")
    if language:
        keep_language(response, language)
    else:
        response.delete_cookie(
            settings.LANGUAGE_COOKIE_NAME, domain=settings.LANGUAGE_COOKIE_DOMAIN
        )
    with translation.override(language or translation.get_language()):
        messages.success(request, _("Your settings are saved."))
    return response
