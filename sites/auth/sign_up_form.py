"""Signing up: an address and a password; a name if one likes."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User
from sites.auth.house_form import HouseForm


class SignUpForm(HouseForm, SignupForm):  # type: ignore[misc]  # allauth carries no types
    """A known address gets the same answer as a new one; a mail to it explains."""

    name = forms.CharField(
        required=False,
        max_length=User._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")
    labels = {"name": _("Name (you may leave it out)"), "password1": _("Password")}
    begins_with = "name"

    def validate_unique_email(self, value: str) -> str:
        """An address counts as known where it is somebody's own: that somebody else wants to change
        to it, and has not confirmed it, must not keep its owner out."""
        self.account_already_exists = User.objects.filter(email=value).exists()
        return value

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Of two who sign up with one address at the same instant, the second gets the same answer as
        if they had come a moment later. And a known address takes as long as a new one."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        try:
            saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            saved = super().try_save(request)
        return saved

    @transaction.atomic
    def save(self, request: HttpRequest) -> User:
        """The account and its address, or neither."""
        user: User = super().save(request)
        return user

    def clean(self) -> dict[str, Any]:
        super().clean()
        return dict(self.cleaned_data)
