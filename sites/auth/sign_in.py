"""Sign in with a password: allauth's steps, on the house's page."""

from __future__ import annotations

from typing import Any

from allauth.account.views import LoginView
from django.utils import timezone

from sites.auth.forms import SignInForm
from sites.auth.returns import find_return, public_address
from sites.links import host_url
from sites.returning import safe_return


class SignInView(LoginView):  # type: ignore[misc]  # allauth carries no types
    """Start a session for all five hosts and lead back to exactly where the visitor came from; on
    the way, allauth asks for a second factor where there is one."""

    template_name = "auth/sign_in.html"
    form_class = SignInForm
    http_method_names = ["get", "head", "post"]

    def get_form_class(self) -> type[SignInForm]:
        return self.form_class

    def get_success_url(self) -> str:
        asked = self.request.POST.get("next") or self.request.GET.get("next")
        return safe_return(self.request, asked, usual=host_url("main", "home"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        target = self.get_success_url()
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "next": target,
            "returns": find_return(target, timezone.now()),
            "back": public_address(target),
        }
