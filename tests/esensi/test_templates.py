"""Tag libraries that are imported with the first template that loads them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.template import TemplateSyntaxError, engines
from django.template.backends.django import get_installed_libraries

from esensi.templates import HouseTemplates, Libraries, find_libraries


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "late_library.py").write_text(
        "from django import template\n"
        "register = template.Library()\n"
        "@register.filter\n"
        "def loud(text):\n"
        "    return text.upper()\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield "late_library"
    sys.modules.pop("late_library", None)


def house(**libraries: str) -> HouseTemplates:
    return HouseTemplates(
        {"NAME": "x", "DIRS": [], "APP_DIRS": False, "OPTIONS": {"libraries": libraries}}
    )


def test_the_libraries_are_those_that_django_finds() -> None:
    django_finds: dict[str, str] = get_installed_libraries()
    found = find_libraries()
    assert found.items() >= django_finds.items()
    assert isinstance(engines.all()[0], HouseTemplates)
    for app in apps.get_app_configs():  # else they would be found by Django alone
        assert not list(Path(app.path).glob("templatetags/*/__init__.py")), app.name


def test_a_library_is_imported_by_the_template_that_loads_it(library: str) -> None:
    templates = house(late=library)
    assert library not in sys.modules
    assert "late" in templates.engine.template_libraries
    template: Any = templates.from_string("{% load late %}{{ word|loud }}")
    assert template.render({"word": "laut"}) == "LAUT"
    part: Any = templates.from_string("{% load loud from late %}{{ word|loud }}")
    assert part.render({"word": "laut"}) == "LAUT"


def test_a_library_that_is_none_fails_in_djangos_words() -> None:
    with pytest.raises(TemplateSyntaxError, match="'none' is not a registered tag library"):
        house().from_string("{% load none %}")


def test_every_library_that_a_template_may_load_can_be_loaded() -> None:
    libraries = Libraries(get_installed_libraries())
    assert all(libraries[name].tags is not None for name in libraries)
