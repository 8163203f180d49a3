"""Django's templates, whose tag libraries are imported with the first template that loads them.

Django imports those of all installed apps before the first page, the desks' included (decision 0014).
"""

from __future__ import annotations

import time
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.template import Library, TemplateDoesNotExist
from django.template.backends.base import BaseEngine
from django.template.backends.django import DjangoTemplates, Template, reraise
from django.template.engine import Engine
from django.template.library import import_library

from esensi.record import current
from sites.frames.nobody import FrameRequest


class Libraries(dict[str, Library]):
    """Libraries by name, each imported when it is first asked for. ``paths`` are their modules'."""

    def __init__(self, paths: dict[str, str]) -> None:
        super().__init__(dict.fromkeys(paths))  # type: ignore[arg-type]  # names without a library yet
        self._paths = paths

    def __getitem__(self, name: str) -> Library:
        library: Library | None = super().__getitem__(name)
        if library is None:
            library = self[name] = import_library(self._paths[name])
        return library


class _Engine(Engine):
    def get_template_libraries(self, libraries: dict[str, str]) -> Any:
        return Libraries(libraries)


class _Template(Template):
    """A template that notes, for the request's record, what drawing it took."""

    def render(self, context: Any = None, request: Any = None) -> Any:
        if isinstance(request, FrameRequest):
            context = request.frame.surround(context)
        record = current.get()
        if record is None or record.is_rendering:
            return super().render(context, request)
        record.is_rendering, began = True, time.perf_counter()
        try:
            return super().render(context, request)
        finally:
            record.render += time.perf_counter() - began
            record.is_rendering = False


class HouseTemplates(DjangoTemplates):
    """Django's backend with such libraries, and such templates.

    A module that lies beside libraries and is none fails where a template loads it.
    """

    def __init__(self, params: dict[str, Any]) -> None:
        options: dict[str, Any] = {
            "autoescape": True,
            "debug": settings.DEBUG,
            "file_charset": "utf-8",
        }
        options |= params["OPTIONS"]
        options["libraries"] = find_libraries() | options.get("libraries", {})
        BaseEngine.__init__(self, {key: params[key] for key in params if key != "OPTIONS"})
        self.engine = _Engine(self.dirs, self.app_dirs, **options)

    def from_string(self, template_code: str) -> _Template:
        return _Template(self.engine.from_string(template_code), self)

    def get_template(self, template_name: str) -> _Template:
        try:
            return _Template(self.engine.get_template(template_name), self)
        except TemplateDoesNotExist as error:
            reraise(error, self)
            raise  # which reraise has done: for mypy


def find_libraries() -> dict[str, str]:
    """Give the modules of the installed apps' libraries by name, without importing any. As with
    Django, a later app's stands for an earlier one's of the same name."""
    places = [("django", Path(django.__file__).parent)]
    places += [(app.name, Path(app.path)) for app in apps.get_app_configs()]
    return {
        module.name: f"{name}.templatetags.{module.name}"
        for name, place in places
        for module in iter_modules([str(place / "templatetags")])
    }
