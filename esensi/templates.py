"""Django's templates, whose tag libraries are imported with the first template that loads them.

Django imports those of all installed apps before the first page, the desks' included (decision 0014).
"""

from __future__ import annotations

from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.template import Library
from django.template.backends.base import BaseEngine
from django.template.backends.django import DjangoTemplates
from django.template.engine import Engine
from django.template.library import import_library


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


class HouseTemplates(DjangoTemplates):
    """Django's backend with such libraries.

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
