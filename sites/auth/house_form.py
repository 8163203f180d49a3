"""allauth's forms in the house's words: labels above, help below, nothing in placeholders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User

#: What fields of allauth's forms are called here.
LABELS: dict[str, str | Promise] = {
    "email": _("E-mail address"),
    "name": _("Name"),
    "oldpassword": _("Current password"),
    "password": _("Password"),
    "password1": _("New password"),
    "code": _("Code"),
}


#: The rules of AUTH_PASSWORD_VALIDATORS in one sentence.
_PASSWORD_RULES = _("At least 10 characters: no common password, and not your name or address.")


_LONGEST_ADDRESS = User._meta.get_field("email").max_length or 0


class HouseForm(forms.Form):
    """Comes before allauth's class in the list of bases."""

    #: Labels of this form that differ from ``LABELS``.
    labels: dict[str, str | Promise] = {}
    #: The field in which a visitor begins to write.
    begins_with = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        # Typed once: whoever mistypes a new password asks for another one by mail.
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            label: Any = self.labels.get(name) or LABELS.get(name) or field.label
            field.label = label
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""
        if "email" in self.fields:
            # Django's field takes 320 characters, the account's column 254.
            self.fields["email"].validators.append(MaxLengthValidator(_LONGEST_ADDRESS))
            self.fields["email"].widget.attrs["maxlength"] = _LONGEST_ADDRESS
        if "password1" in self.fields:
            self.fields["password1"].help_text = _PASSWORD_RULES
        if self.begins_with and not self.is_bound:
            self.fields[self.begins_with].widget.attrs["autofocus"] = True
