"""Unfold's form controls where Django's or Unfold's need care."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import Model
from django.forms.widgets import Script
from js_asset import ImportMap, Media

from sites.row_key import row_key


class _KnownKeysOnly:
    """Drop what is no key before the chosen rows are looked up: Django's widgets answer a typed
    ``?book=x`` with a server error."""

    #: A row that the form has loaded already, so that it is not looked up once more.
    loaded: Model | None = None

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        kept = [key for key in value if row_key(str(key)) is not None]
        if self.loaded is not None and kept == [str(self.loaded.pk)]:
            option = (self.loaded.pk, str(self.loaded), True, 0)
            return [(None, [self.create_option(name, *option)], 0)]  # type: ignore[attr-defined]
        return super().optgroups(name, kept, attrs)  # type: ignore[misc]  # a mixin of Select


class OneOf(_KnownKeysOnly, AutocompleteSelect):
    """One row of a long list."""


class SomeOf(_KnownKeysOnly, AutocompleteSelectMultiple):
    """Several rows of a long list."""

    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        # The button that clears all breaks Select2's list for screen readers.
        return {**super().build_attrs(*args, **kwargs), "data-allow-clear": "false"}


class Typed(str):
    """What came from the browser, and goes back as it is."""

    __slots__ = ()


class Manuscript(forms.Textarea):
    """The text of a chapter in the reader's type and measure; the form sets its direction.

    Where scripts run and the text allows it, the prose editor stands in place of the text area,
    which is what is sent either way.
    """

    template_name = "desk/prose.html"
    #: The stored text, with its ids: the value that is shown leaves them out.
    stored: str = ""
    #: Somebody asked for the plain area.
    is_plain: bool = False
    #: The address that leads from the one to the other.
    other_way: str = "?"

    def __init__(self) -> None:
        super().__init__({"class": "manuscript", "rows": 28, "dir": "auto", "spellcheck": "true"})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        from sites.desk.prose import prose_of  # what shows no chapter needs none of it

        context = super().get_context(name, value, attrs)
        context["other_way"] = self.other_way
        if not self.is_plain:
            typed = isinstance(value, Typed)
            context["prose"] = prose_of(value if typed else self.stored, typed=typed)
        return context

    @property
    def media(self) -> Any:
        # With the nonce of the request (``with_nonce``): the policy forbids other import maps.
        return Media(
            importmap=ImportMap({"django-prose-editor/editor": "django_prose_editor/editor.js"}),
            css={"all": ["unfold/prose.css"]},
            js=[
                Script("unfold/prose.js", type="module"),
                Script("unfold/pictures.js", type="module"),
            ],
        )


def with_nonce(media: Any, nonce: str) -> Any:
    """Give a form's media with the nonce that its inline import map needs."""
    return Media.from_media(media, nonce=nonce)
