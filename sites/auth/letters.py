"""Which of the house's mails stands for which of allauth's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sites.accounts.models import User
from sites.auth.browsers import browser_name
from sites.links import host_url
from sites.mail import send_mail

#: allauth's template → ours, below templates/mail/.
TEMPLATES: dict[str, str | None] = {
    "account/email/email_confirmation_signup": "verify",
    "account/email/email_confirmation": "verify_change",
    "account/email/account_already_exists": "already_registered",
    "account/email/unknown_account": "unknown",
    "account/email/password_reset_key": "reset",
    "account/email/password_reset": "password_changed",
    "account/email/password_changed": "password_changed",
    "account/email/password_set": "password_changed",
    "account/email/email_changed": "address_changed",
    # A change that was called off before it was confirmed has changed nothing.
    "account/email/email_deleted": None,
    "mfa/email/totp_activated": "app_added",
    "mfa/email/totp_deactivated": "app_removed",
    "mfa/email/recovery_codes_generated": "codes_made",
    "mfa/email/webauthn_added": "passkey_added",
    "mfa/email/webauthn_removed": "passkey_removed",
}


def send_letter(prefix: str, email: str, context: Mapping[str, Any]) -> None:
    """Send the mail that allauth calls ``prefix``. Raises ``KeyError`` for one that we do not have."""
    template = TEMPLATES[prefix]
    if template is None:
        return
    user: User | None = context.get("user")
    if template == "verify_change" and user is not None and user.email == email:
        template = "verify"  # asked for again, by signing in before it was confirmed
    known = {
        "email": email,
        "address": _address(template, context),
        "reset": host_url("auth", "account_reset_password"),
        "at": context.get("timestamp"),
        "browser": browser_name(context.get("user_agent", "")),
        "from_email": context.get("from_email", ""),
        "to_email": context.get("to_email", ""),
    }
    send_mail(email, template, known, _language(email, user))


def _address(template: str, context: Mapping[str, Any]) -> str:
    """Give the address of the mail's button."""
    if template in ("verify", "verify_change"):
        return str(context["activate_url"])
    if template == "reset":
        return str(context["password_reset_url"])
    doors = {"already_registered": "sign_in", "unknown": "sign_up"}
    return host_url("auth", doors.get(template, "account"))


def _language(email: str, user: User | None) -> str:
    """Give the language of whoever has this address; nothing where nobody has, or has not chosen."""
    if user is not None:
        return user.language
    chosen = User.objects.filter(email=email.lower()).values_list("language", flat=True).first()
    return chosen or ""
