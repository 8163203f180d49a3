"""A form with one file, which the browser has sent to the bucket before, or sends with the form."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from sites.accounts.models import User
from storage import uploads


class SentFileForm(forms.Form):
    """``storage/upload.js`` sends the file of the field ``file`` and fills in ``upload``; without
    JavaScript the file comes with the form, and goes the same way from here."""

    purpose: ClassVar[str]
    upload = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        if "file" in self.fields:
            self.fields["file"].widget.attrs["data-upload"] = self.purpose

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        nothing = not found.get("upload") and not found.get("file")
        if nothing and "file" not in self.errors and "upload" not in self.errors:
            self.add_error("file", _("Choose a file."))
        return found

    def sent(self, *, by: User, now: datetime) -> UUID:
        """Give the finished upload, once the form is valid. Raises as ``uploads.receive``."""
        done: UUID | None = self.cleaned_data["upload"]
        if done is not None:
            return done
        return uploads.receive(self.purpose, self.cleaned_data["file"], by=by, now=now).pk
