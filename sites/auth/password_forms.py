"""Forms around a password that exists, is forgotten or is missing, and around a new address."""

from __future__ import annotations

from allauth.account import forms as allauth
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sites.accounts.actions import keep_address
from sites.accounts.models import User
from sites.auth.house_form import HouseForm


class ResetForm(HouseForm, allauth.ResetPasswordForm):  # type: ignore[misc]  # no types
    """Ask for a link by mail."""

    begins_with = "email"

    def clean_email(self) -> str:
        """Find the account by its own address alone: one that somebody has only asked to change to
        may be another person's, and must open nothing."""
        email: str = self.cleaned_data["email"]
        self.users = list(User.objects.filter(email=email, is_active=True))
        return email


class ChooseForm(HouseForm, allauth.ResetPasswordKeyForm):  # type: ignore[misc]  # no types
    """Choose a password by the link from a mail."""

    begins_with = "password1"

    @transaction.atomic
    def save(self) -> None:
        """Whoever has the link has the mailbox: the address is confirmed as well."""
        super().save()
        keep_address(self.user)


class ChangePasswordForm(HouseForm, allauth.ChangePasswordForm):  # type: ignore[misc]  # no types
    begins_with = "oldpassword"


class SetPasswordForm(HouseForm, allauth.SetPasswordForm):  # type: ignore[misc]  # no types
    begins_with = "password1"


class ConfirmForm(HouseForm, allauth.ReauthenticateForm):  # type: ignore[misc]  # no types
    """Say the password again before something that matters is changed."""

    begins_with = "password"


class AddressForm(HouseForm, allauth.AddEmailForm):  # type: ignore[misc]  # no types
    """Change to another address, once it is confirmed."""

    labels = {"email": _("New e-mail address")}
