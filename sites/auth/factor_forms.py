"""Forms of second factors: codes and passkeys."""

from __future__ import annotations

import struct
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from sites.auth.house_form import HouseForm
from sites.auth.spent_codes import spend

#: What fido2 raises for credentials that no browser makes, beside the ones that allauth catches.
_NOT_A_CREDENTIAL = (ValueError, KeyError, TypeError, IndexError, AttributeError, struct.error)
#: Enough for "Kunci cadangan di laci meja kerja"; stored in a column of JSON without a limit.
LONGEST_NAME = 60


class _CodeForm(HouseForm):
    begins_with = "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Phones show digits; longer than any code of an app or a list.
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "maxlength": 20}

    def clean_code(self) -> str:
        """A code counts once, although it would be right for a minute and a half."""
        code: str = super().clean_code()  # type: ignore[misc]  # allauth's class comes second
        used = getattr(self, "authenticator", None)
        if used is not None and not spend(used, code):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SignInCodeForm(_CodeForm, base.AuthenticateForm):  # type: ignore[misc]  # no types
    """The second step of signing in."""


class ConfirmCodeForm(_CodeForm, base.ReauthenticateForm):  # type: ignore[misc]  # no types
    """Say a code again before something that matters is changed."""


class AddAppForm(_CodeForm, ActivateTOTPForm):  # type: ignore[misc]  # no types
    """Show by a first code that the app has the secret."""


class _CredentialForm(HouseForm):
    """A credential is whatever a script sends: what is none is refused, not stumbled over."""

    def full_clean(self) -> None:
        try:
            super().full_clean()
        except _NOT_A_CREDENTIAL:
            self._errors: Any = forms.utils.ErrorDict()
            self.cleaned_data: dict[str, Any] = {}
            self.add_error(None, get_adapter().error_messages["incorrect_code"])


class AddPasskeyForm(_CredentialForm, webauthn.AddWebAuthnForm):  # type: ignore[misc]  # no types
    labels = {"name": _("What do you call it?"), "passwordless": _("Sign in with it alone")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.widget.attrs["maxlength"] = LONGEST_NAME
        name.help_text = _("So that you recognise it later: “phone”, “key ring”.")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = _(
            "Without it, the passkey only confirms your password. Old security keys can do no more."
        )

    def clean_name(self) -> str:
        return str(super().clean_name())[:LONGEST_NAME]


class SignInPasskeyForm(_CredentialForm, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """Sign in with a passkey alone."""


class FactorPasskeyForm(_CredentialForm, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """The second step of signing in, with a passkey."""


class ConfirmPasskeyForm(_CredentialForm, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Use a passkey again before something that matters is changed."""


class NamePasskeyForm(HouseForm, webauthn.EditWebAuthnForm):  # type: ignore[misc]  # no types
    labels = {"name": _("What do you call it?")}
    begins_with = "name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.validators.append(MaxLengthValidator(LONGEST_NAME))
        name.widget.attrs["maxlength"] = LONGEST_NAME
