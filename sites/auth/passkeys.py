"""allauth's views of passkeys, where the house does a step differently."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.mfa.webauthn import views as allauth
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from sites.links import host_url
from sites.returning import safe_return


class SignInByPasskeyView(allauth.LoginWebAuthnView):  # type: ignore[misc]  # no types
    """Sign in with a passkey alone."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return _refuse(self.request, "sign_in")


class ConfirmByPasskeyView(allauth.ReauthenticateWebAuthnView):  # type: ignore[misc]  # no types
    """Use a passkey again before something that matters is changed."""

    template_name = "auth/confirm_passkey.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        return _refuse(self.request, "mfa_reauthenticate_webauthn")


def _refuse(request: HttpRequest, view: str) -> HttpResponse:
    """Lead back to the page that the passkey was used on, and say that it does not fit."""
    messages.error(request, _("This passkey does not fit. Try again, or sign in another way."))
    target = safe_return(request, request.POST.get("next"), usual="")
    query = f"?{urlencode({'next': target})}" if target else ""
    return HttpResponseRedirect(host_url("auth", view) + query)
