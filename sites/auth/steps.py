"""allauth's views of accounts, where the house does a step differently."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.decorators import method_decorator

from sites.auth.returns import find_return
from sites.links import host_url
from sites.returning import safe_return


class SignUpView(allauth.SignupView):  # type: ignore[misc]  # allauth carries no types
    """Sign up, and see on the page what one returns to."""

    template_name = "auth/sign_up.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.POST.get("next") or self.request.GET.get("next")
        target = safe_return(self.request, asked, usual=host_url("main", "home"))
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"next": target, "returns": find_return(target, timezone.now())}


@method_decorator(login_not_required, name="dispatch")
class ConfirmAddressView(allauth.ConfirmEmailView):  # type: ignore[misc]  # no types
    """Confirm an address by its link, in whichever browser it is opened."""

    template_name = "auth/verify.html"

    def logout_other_user(self, confirmation: Any) -> None:
        """A link signs nobody out: only the button below it does."""
        if self.request.method == "POST":
            super().logout_other_user(confirmation)


class SetPasswordView(allauth.PasswordSetView):  # type: ignore[misc]  # no types
    """Give an account without a password its first one."""

    template_name = "auth/password_set.html"

    @method_decorator(reauthentication_required(app="allauth.account"))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response
