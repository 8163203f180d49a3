"""The forms of the one door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import Face, Language, Measure, Theme
from sites.accounts.models.user import LARGEST_SIZE, SMALLEST_SIZE
from sites.accounts.reading import ReadingSettings


class SignInForm(AuthenticationForm):
    """Django's form, by e-mail. One sentence covers every refusal, so that nobody can learn which
    addresses have an account; Django's backend hashes for unknown ones, too, so that time tells
    nothing either."""

    error_messages = {
        "invalid_login": _("This password does not match the e-mail address above."),
        "inactive": _("This password does not match the e-mail address above."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.fields["password"].label = _("Password")
        address = self.fields["username"]
        address.label = _("E-mail address")
        address.widget = forms.EmailInput(
            attrs={"autocomplete": "username", "autofocus": True, "maxlength": 254}
        )

    def clean(self) -> dict[str, Any]:
        """Put the refusal below the password, where the eye is."""
        try:
            return super().clean()
        except ValidationError as refusal:
            self.add_error("password", refusal)
            self.fields["username"].widget.attrs.pop("autofocus", None)
            self.fields["password"].widget.attrs["autofocus"] = True
            return self.cleaned_data


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
