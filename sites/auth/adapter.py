"""How allauth behaves in this house: where it leads, and what it says."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from sites.accounts.actions import free_address
from sites.accounts.models import User
from sites.accounts.network import address_of
from sites.auth.letters import send_letter
from sites.auth.mail_limits import may_write_to
from sites.auth.sentences import CONFIRM_WITH, ERRORS, NOTICES
from sites.language import keep_language
from sites.links import host_url
from sites.returning import safe_return


class HouseAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Accounts by e-mail address, on the auth host alone."""

    error_messages = DefaultAccountAdapter.error_messages | ERRORS

    def add_message(  # noqa: PLR0913 - allauth's signature
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say it in the house's words, or nothing: signing in and out can be seen."""
        sentence = message or NOTICES.get(message_template or "")
        if sentence:
            messages.add_message(request, level, str(sentence), extra_tags=extra_tags)

    def is_safe_url(self, url: str) -> bool:
        """Is it a path here, or an address on exactly one of the five hosts?

        allauth's own answer takes patterns of ALLOWED_HOSTS, and so every name below the parent.
        """
        return bool(safe_return(context.request, url, usual=""))

    def is_ajax(self, request: HttpRequest) -> bool:
        """Only the script that signs in by passkey is answered in JSON."""
        match = request.resolver_match
        return match is not None and match.url_name == "mfa_login_webauthn"

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that limits count, too; an unknown one is kept as no address at all."""
        return address_of(request) or "::"

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Whoever confirms an address first has it: accounts that never did make room."""
        with transaction.atomic():
            free_address(email_address.email, owner=email_address.user)
            return bool(super().confirm_email(request, email_address))

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Keep the name, too, that somebody gave when signing up."""
        user.name = form.cleaned_data.get("name", "")
        saved: User = super().save_user(request, user, form, commit=commit)
        return saved

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Whichever way somebody signed in: bring the language of their account along."""
        response: HttpResponse = super().post_login(request, user, **details)
        if user.language:
            keep_language(response, user.language)
        return response

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return host_url("main", "home")

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        return host_url("main", "home")

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return host_url("auth", "account" if self.request.user.is_authenticated else "sign_in")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return host_url("auth", "account")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method | {"description": CONFIRM_WITH[method["id"]]} for method in methods]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if may_write_to(email, template_prefix, now=timezone.now()):
            send_letter(template_prefix, email, context)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the owner of an account what has changed in it, in their language."""
        super().send_notification_mail(
            template_prefix, user, {**(context or {}), "user": user}, email
        )

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return host_url("auth", "account_confirm_email", emailconfirmation.key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        user, _, token = key.partition("-")
        return host_url("auth", "account_reset_password_from_key", user, token)
