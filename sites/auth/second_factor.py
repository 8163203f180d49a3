"""On the way to publish or internal: use a second factor, or set one up, and go on to where one was."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sites.accounts.models import User
from sites.links import host_url
from sites.returning import safe_return
from sites.second_factor import RECORDS, has_used_second_factor

#: In the session: where to go on after a second factor is set up, which takes several pages.
GO_ON = "second_factor_next"
#: In the session: it is set up, and the pages of one's account offer to go on.
READY = "second_factor_ready"


@never_cache
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Lead on whoever has used a second factor in this session; ask for the one that there is; offer
    to set one up where there is none."""
    usual = host_url("main", "home")
    target = safe_return(request, request.GET.get("next") or request.session.get(GO_ON), usual)
    user = request.user
    if not isinstance(user, User):
        here = f"{reverse('second_factor')}?{urlencode({'next': target})}"
        return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': here})}")
    if has_used_second_factor(user, request.session):
        request.session.pop(GO_ON, None)
        request.session.pop(READY, None)
        return HttpResponseRedirect(target)
    page = _page_of(user)
    if page:
        return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': target})}")
    request.session[GO_ON] = target
    return render(request, "auth/second_factor.html")


def _page_of(user: User) -> str | None:
    """Give the page that asks for a person's second factor, if they have one."""
    from allauth.mfa.models import Authenticator  # brings cryptography along

    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    if Authenticator.Type.TOTP in kinds:
        return "mfa_reauthenticate"
    return "mfa_reauthenticate_webauthn" if Authenticator.Type.WEBAUTHN in kinds else None


def count_as_used(*, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    """Whoever sets a second factor up has just proved that they hold it."""
    from allauth.account.internal.flows.login import record_authentication

    if authenticator.type in (authenticator.Type.TOTP, authenticator.Type.WEBAUTHN):
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        if GO_ON in request.session:
            request.session[READY] = True


def forget_use(*, request: HttpRequest, authenticator: Any, **_: Any) -> None:
    """A second factor that is removed opens no door any more."""
    records = request.session.get(RECORDS)
    if isinstance(records, list):
        kept = [record for record in records if record.get("type") != authenticator.type]
        request.session[RECORDS] = kept


def connect() -> None:
    from allauth.mfa import signals

    signals.authenticator_added.connect(count_as_used, dispatch_uid="auth_host.second_factor.added")
    signals.authenticator_removed.connect(
        forget_use, dispatch_uid="auth_host.second_factor.removed"
    )
