"""What the one door says: errors of its forms, and notices after a step."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: allauth's codes of errors → our sentences.
ERRORS: dict[str, str | Promise] = {
    "account_inactive": _("This account is closed."),
    "duplicate_email": _("This is the address of your account already."),
    "email_taken": _("This address cannot be used."),
    "email_password_mismatch": _("This password does not match the e-mail address above."),
    "enter_current_password": _("This is not your current password."),
    "incorrect_code": _("This code is not right, or was used before. Wait for the next one."),
    "incorrect_password": _("This is not your password."),
    "invalid_login": _("This password does not match the e-mail address above."),
    "invalid_password_reset": _("This link has been used, or is too old."),
    "rate_limited": _("That was tried too often. Try again later."),
    "too_many_login_attempts": _("That was tried too often. Try again later."),
}
FACTOR_ERRORS: dict[str, str | Promise] = {
    "cannot_delete_authenticator": _("This account needs a second factor: add another one first."),
    "cannot_generate_recovery_codes": _("Recovery codes come with an app or a passkey."),
    "incorrect_code": ERRORS["incorrect_code"],
    "unverified_email": _("Confirm your new e-mail address first, or call its change off."),
}
#: allauth's templates of notices → our sentences; where there is none, nothing is said.
NOTICES: dict[str, str | Promise] = {
    "account/messages/email_confirmation_failed.txt": _("This address could not be confirmed."),
    "account/messages/email_confirmed.txt": _("Your e-mail address is confirmed."),
    "account/messages/email_deleted.txt": _("Your e-mail address stays as it is."),
    "account/messages/password_changed.txt": _("Your password is changed."),
    "account/messages/password_set.txt": _("Your password is set."),
    "mfa/messages/recovery_codes_generated.txt": _("You have new recovery codes."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
}
#: allauth's ways of confirming who one is, as links from one to the others.
CONFIRM_WITH: dict[str, str | Promise] = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}
