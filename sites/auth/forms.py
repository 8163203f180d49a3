"""The forms of the one door."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import Face, Language, Measure, Theme
from sites.accounts.models.user import LARGEST_SIZE, SMALLEST_SIZE
from sites.accounts.reading import ReadingSettings


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth carries no types
    """allauth's form, by e-mail. One sentence covers every refusal, so that nobody can learn which
    addresses have an account; its backend hashes for unknown ones, too, so that time tells
    nothing either."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["password"] = forms.CharField(
            label=_("Password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        )
        self.fields["login"] = forms.EmailField(
            label=_("E-mail address"),
            max_length=254,
            widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        )

    def add_prefix(self, field_name: str) -> str:
        """Password managers know the field as ``username``."""
        return "username" if field_name == "login" else field_name

    def clean(self) -> dict[str, Any]:
        """Put the refusal below the password, where the eye is. A closed account is refused like a
        wrong password."""
        try:
            super().clean()
            if self.user is None or self.user.is_active:
                return dict(self.cleaned_data)
            refusal = ValidationError(_MISMATCH)
        except ValidationError as error:
            too_many = error.code == "too_many_login_attempts"
            refusal = error if too_many else ValidationError(_MISMATCH)
        self.add_error("password", refusal)
        self.fields["login"].widget.attrs.pop("autofocus", None)
        self.fields["password"].widget.attrs["autofocus"] = True
        return dict(self.cleaned_data)


_MISMATCH = _("This password does not match the e-mail address above.")


class AccountForm(forms.Form):
    """The interface's language, and how chapters look."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, required=False)
    theme = forms.ChoiceField(label=_("Paper"), choices=Theme.choices, required=False)
    face = forms.ChoiceField(label=_("Typeface of chapters"), choices=Face.choices)
    size = forms.TypedChoiceField(
        label=_("Text size"),
        choices=[(size, str(size)) for size in range(SMALLEST_SIZE, LARGEST_SIZE + 1)],
        coerce=int,
    )
    measure = forms.ChoiceField(label=_("Line length"), choices=Measure.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def reading(self) -> ReadingSettings:
        """Give the reading settings; call after ``is_valid``."""
        return ReadingSettings.parse(self.cleaned_data)
