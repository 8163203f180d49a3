"""Views that are imported with their first request."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from sites.hosts import HOSTS
from sites.lazily import lazily

#: What Django and its middlewares read off a view before they call it.
READ_BEFORE = ("csrf_exempt", "login_required", "view_is_async", "_is_coroutine_marker")


def patterns(found: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in found:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns)
        else:
            yield pattern


def lazy_views(key: str) -> list[Any]:
    views = [
        pattern.callback for pattern in patterns(get_resolver(HOSTS[key].urlconf).url_patterns)
    ]
    views = [getattr(view, "__wrapped__", view) for view in views]
    return [view for view in views if hasattr(view, "made")]


@pytest.mark.parametrize("key", ["main", "chapter", "auth"])
def test_every_name_leads_to_a_view_of_which_nothing_is_read_before_it_is_called(key: str) -> None:
    views = lazy_views(key)
    assert len(views) > 8
    for view in views:
        made = view.made()
        assert callable(made), view
        assert not [name for name in READ_BEFORE if getattr(made, name, None)], view.__name__


def test_a_view_is_imported_with_its_first_request(tmp_path: Any, monkeypatch: Any) -> None:
    (tmp_path / "shown_late.py").write_text(
        "class Page:\n"
        "    @classmethod\n"
        "    def as_view(cls, word='none'):\n"
        "        return lambda request: (request, word)\n"
        "class Feed:\n"
        "    def __call__(self, request):\n"
        "        return (request, id(self))\n"
        "def page(request, slug):\n"
        "    return (request, slug)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    request: Any = object()
    page: Any = lazily("shown_late.page")
    assert "shown_late" not in sys.modules
    assert page(request, slug="laut") == (request, "laut")
    other: Any = lazily("shown_late.Page", word="x")
    assert other(request) == (request, "x")
    feed = lazily("shown_late.Feed")
    assert feed(request) == feed(request)


def test_a_name_that_leads_nowhere_says_so() -> None:
    with pytest.raises(ImportError, match="none"):
        lazily("sites.main.views.none")(object())
