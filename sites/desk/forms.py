"""Forms that notice when somebody else was faster, and keep what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sites.books.exceptions import BookError
from sites.desk.manuscript import ManuscriptField
from sites.desk.typed_text import one_line, some_lines
from sites.desk.widgets import Typed

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm


class DeskForm(ModelForm):
    """A form that can be shown again with the refusal of the action that it was sent to."""

    refusal: BookError | None = None

    def clean(self) -> Any:
        cleaned = super().clean()
        self._clean_typed()
        if self.refusal:
            raise ValidationError(str(self.refusal), code="refused")
        return cleaned

    def _clean_typed(self) -> None:
        """Store no control characters, and take nothing for an answer that nobody can see."""
        for name, field in self.fields.items():
            typed = self.cleaned_data.get(name)
            if name not in self.changed_data or not isinstance(typed, str):
                continue
            if not isinstance(field, forms.CharField) or isinstance(field, ManuscriptField):
                continue
            several = isinstance(field.widget, forms.Textarea)
            kept = some_lines(typed) if several else one_line(typed)
            if field.required and not kept:
                self.add_error(
                    name, ValidationError(field.error_messages["required"], code="required")
                )
            else:
                self.cleaned_data[name] = kept


class VersionedForm(DeskForm):
    """A form on a row with ``updated_at``; the row must be locked while the form is checked.

    Where the row was saved since the form was opened, and differs, nothing is stored: the form
    comes back as it was typed, says what differs, and goes through when it is sent once more.
    """

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["version"] = self._stored_version()

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.instance.pk is None:
            return cleaned
        if self.data.get(self.add_prefix("version")) == self._stored_version():
            return cleaned
        differing = [name for name in self.changed_data if name != "version"]
        typed: Any = self.data
        self.data = typed = typed.copy()
        typed[self.add_prefix("version")] = self._stored_version()
        if differing:
            raise ValidationError(self._overtaken(differing), code="overtaken")
        return cleaned

    def _stored_version(self) -> str:
        return str(self.instance.updated_at.isoformat())

    def _overtaken(self, differing: list[str]) -> str:
        labels = ", ".join(str(self.fields[name].label or name).lower() for name in differing)
        at = time_format(timezone.localtime(self.instance.updated_at), "H:i:s")
        return _(
            "Somebody saved this at %(at)s while you had it open, so nothing of yours is stored "
            "yet. It differs from what you see in: %(fields)s. Open this page in another tab to "
            "compare; saving again puts yours in its place."
        ) % {"at": at, "fields": labels}


class BookForm(VersionedForm):
    """A book's own facts; its names and chapters are elsewhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = gettext_lazy("Left empty, it is made from the title.")


class ChapterForm(VersionedForm):
    """A chapter; a text that was not touched is stored as it was, to the letter."""

    text = ManuscriptField(label=gettext_lazy("Text"), required=False)
    #: Somebody asked for the plain manuscript area instead of the editor.
    is_plain: bool = False
    #: The query of the same form with the other of the two.
    other_way: str = "?"
    #: What was typed before and is not stored: its ``title`` and ``text`` stand in the form.
    draft: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "text" not in self.fields:
            return
        if self.draft is not None and not self.is_bound:
            self.initial["title"] = self.draft.title
            self.initial["text"] = Typed(self.draft.text)
        widget: Any = self.fields["text"].widget
        widget.stored, widget.is_plain = self.instance.text, self.is_plain
        widget.other_way = self.other_way
        if self.instance.pk is not None:
            book = self.instance.book
            widget.attrs |= {"dir": book.direction, "lang": book.language}

    def clean_text(self) -> str:
        touched = "text" in self.changed_data
        return str(self.cleaned_data["text"] if touched else self.instance.text)
